"""The commands, one file each. `options` makes the options that they share, and `telling` prints their reports."""
