"""Reads of the access room."""

from emr.access.selectors.glass import (
    GlassOpen,
    GlassSeen,
    awaiting,
    followed_by_ground,
    glass_open,
    looks_under,
    overview,
    review,
    reviews,
)
from emr.access.selectors.labelling import LabelLine, forget, label_lines, may_propose, rules
from emr.access.selectors.openings import openings
from emr.access.selectors.reach import Sql, bases, basis, ids_open_to, patients_open_to, reads, visible

__all__ = [
    "GlassOpen",
    "GlassSeen",
    "LabelLine",
    "Sql",
    "awaiting",
    "bases",
    "basis",
    "followed_by_ground",
    "forget",
    "glass_open",
    "ids_open_to",
    "label_lines",
    "looks_under",
    "may_propose",
    "openings",
    "overview",
    "patients_open_to",
    "reads",
    "review",
    "reviews",
    "rules",
    "visible",
]
