"""Which drugs an institution stocks."""
