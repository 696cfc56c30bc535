"""Pages of the insurance desk, by noun."""
