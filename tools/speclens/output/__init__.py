"""From the IR to the text of files: what there is to print, annotations, templates, what a package uses, and layout."""
