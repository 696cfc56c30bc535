"""Pages of diagnostics: the requesting side (orders) and the verbs of the reading desk (reading)."""

from diagnostics.views import orders, reading

__all__ = ["orders", "reading"]
