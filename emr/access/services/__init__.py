"""Writes of the access room."""

from emr.access.services.glass import break_glass, judge, read_for_review, remind
from emr.access.services.grounds import (
    close_ground,
    close_grounds,
    lift_restriction,
    open_ground,
    open_grounds,
    restrict,
)
from emr.access.services.labelling import propose_end, propose_rule
from emr.access.services.opening import open_record

__all__ = [
    "break_glass",
    "close_ground",
    "close_grounds",
    "judge",
    "lift_restriction",
    "open_ground",
    "open_grounds",
    "open_record",
    "propose_end",
    "propose_rule",
    "read_for_review",
    "remind",
    "restrict",
]
