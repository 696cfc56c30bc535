"""The workflow API and bad input at every door."""
