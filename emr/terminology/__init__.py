"""Code systems and the search in them."""
