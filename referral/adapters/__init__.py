"""Lines to other houses."""
