"""Commands of consortium."""
