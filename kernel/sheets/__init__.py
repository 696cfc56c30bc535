"""Papers as boxes of a sheet: the page on the screen and the PDF are both drawn of one `Sheet`."""
