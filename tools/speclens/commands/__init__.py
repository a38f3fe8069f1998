"""The commands, one file each; `options` are those that they share, and `telling` is how they report."""
