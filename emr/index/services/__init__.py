"""Writes of the index."""

from emr.index.services.bulk import Enrolled, Tokens, enrol_many
from emr.index.services.changes import correct, declare_dead, seen
from emr.index.services.merging import merge, merge_persons, tell_apart, unmerge
from emr.index.services.reaching import reach
from emr.index.services.receiving import receive
from emr.index.services.registration import enrol, register
from emr.index.services.revealing import reveal
from emr.index.services.searching import search

__all__ = [
    "Enrolled",
    "Tokens",
    "correct",
    "declare_dead",
    "enrol",
    "enrol_many",
    "merge",
    "merge_persons",
    "reach",
    "receive",
    "register",
    "reveal",
    "search",
    "seen",
    "tell_apart",
    "unmerge",
]
