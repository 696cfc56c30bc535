"""Template tags of emr."""
