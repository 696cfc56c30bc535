"""Reads of prescriptions."""

from emr.prescriptions.selectors.countersigning import to_countersign, work
from emr.prescriptions.selectors.pages import Writing, anew, kept_from, may_write, writing
from emr.prescriptions.selectors.sheets import Paper, Row, listed, of_visit, paper, paper_of, row

__all__ = [
    "Paper",
    "Row",
    "Writing",
    "anew",
    "kept_from",
    "listed",
    "may_write",
    "of_visit",
    "paper",
    "paper_of",
    "row",
    "to_countersign",
    "work",
    "writing",
]
