"""Use of beds."""
