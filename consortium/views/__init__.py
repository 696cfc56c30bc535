"""Pages of consortium, split by who stands before them."""
