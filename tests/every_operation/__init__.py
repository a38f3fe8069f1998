"""Every operation of a document, called as the document admits."""
