"""Input of consortium, split by who types it."""
