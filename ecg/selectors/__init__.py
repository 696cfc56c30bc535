"""Every read of the ECG room."""

from ecg.selectors.listing import listed, recording
from ecg.selectors.pages import (
    ELSEWHERE,
    EcgPage,
    Row,
    UnmatchedPage,
    page,
    recording_of,
    thresholds,
    told_apart,
    unmatched,
    unmatched_page,
)
from ecg.selectors.worklist import Entry, Worklist, work, worklist

__all__ = [
    "ELSEWHERE",
    "EcgPage",
    "Entry",
    "Row",
    "UnmatchedPage",
    "Worklist",
    "listed",
    "page",
    "recording",
    "recording_of",
    "thresholds",
    "told_apart",
    "unmatched",
    "unmatched_page",
    "work",
    "worklist",
]
