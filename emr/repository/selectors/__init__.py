"""Every read of the repository, each under the one `visible()` rule."""

from emr.repository.selectors.rows import (
    Keeper,
    Row,
    current,
    keepers,
    labels_above_care,
    of_patient,
    of_patient_kinds,
    read,
    read_many,
    rows_of,
    version,
    versions,
    whole_of,
    withheld,
)
from emr.repository.selectors.searching import Cursor, Page, search
from emr.repository.selectors.told import told_to

__all__ = [
    "Cursor",
    "Keeper",
    "Page",
    "Row",
    "current",
    "keepers",
    "labels_above_care",
    "of_patient",
    "of_patient_kinds",
    "read",
    "read_many",
    "rows_of",
    "search",
    "told_to",
    "version",
    "versions",
    "whole_of",
    "withheld",
]
