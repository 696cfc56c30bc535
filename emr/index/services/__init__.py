"""Writes of the index."""

from emr.index.services.changes import correct, declare_dead, merge, seen, unmerge
from emr.index.services.receiving import receive
from emr.index.services.registration import register
from emr.index.services.revealing import reveal

__all__ = ["correct", "declare_dead", "merge", "receive", "register", "reveal", "seen", "unmerge"]
