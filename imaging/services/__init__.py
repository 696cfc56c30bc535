"""Every write of imaging: objects are received, studies are given to requests, records are opened."""

from imaging.services.arrivals import Arrival, Outcome
from imaging.services.filing import receive
from imaging.services.labelling import raise_label
from imaging.services.matching import assign, settle, take_back
from imaging.services.opening import open_study
from imaging.services.putting_aside import close_quarantined

__all__ = [
    "Arrival",
    "Outcome",
    "assign",
    "close_quarantined",
    "open_study",
    "raise_label",
    "receive",
    "settle",
    "take_back",
]
