"""The stepper of a leg: what is done, where it stands, where it stopped."""

from collections.abc import Sequence
from typing import Final

from kernel import clock
from referral.choices import TERMINAL, Direction, Status
from referral.models import HistoryEntry, Referral

IN_HOUSE: Final = (Status.ARRIVED, Status.IN_CARE, Status.CARE_COMPLETED, Status.CLOSED)
DOWN_PATH: Final = (Status.SUBMITTED, Status.ACCEPTED, Status.ARRIVED, Status.REHAB_ACTIVE, Status.CLOSED)
WARD_PATH: Final = (*DOWN_PATH[:3], Status.IN_CARE, Status.CARE_COMPLETED, *DOWN_PATH[3:])
"""The way down through the branch's own ward."""
STOPPED: Final = tuple(status for status in TERMINAL if status != Status.CLOSED)


def steps(referral: Referral, entries: Sequence[HistoryEntry]) -> list[dict[str, object]]:
    """The stepper: done, current, waiting, stopped."""
    reached = {entry.after: entry.happened_at for entry in entries if entry.before != entry.after}
    path = _up(frozenset(map(Status, reached)))
    if referral.direction == Direction.DOWN:
        path = WARD_PATH if Status.IN_CARE in reached else DOWN_PATH
    status = Status(referral.status)
    stopped = status in STOPPED
    places = [place for place, name in enumerate(path) if name in reached]
    last = max(places, default=-1)
    told: list[dict[str, object]] = []
    for place, name in enumerate(path):
        at = reached.get(name)
        note = f"{clock.local(at):%m-%d %H:%M}" if at else ""
        state = "done" if place < last or (place == last and status == Status.CLOSED) else ""
        if place == last and not state:
            state = "done" if stopped else "current"
        told.append({"label": name.label, "note": note, "state": state, "keep": bool(state)})
    if stopped:
        told.append({"label": status.label, "note": "", "state": "stop", "keep": True})
    return told


def _up(reached: frozenset[Status]) -> tuple[Status, ...]:
    """The way up as this leg goes it: an emergency goes first, who has no bed yet stands where she waits."""
    gone = not reached.isdisjoint((Status.IN_TRANSIT, *IN_HOUSE))
    way = [Status.SCHEDULED] if Status.SCHEDULED in reached or not gone else []
    if Status.SCHEDULED not in reached and not gone:
        way = [one for one in (Status.ACCEPTED, Status.WAITLISTED) if one in reached] + way
    way += [Status.IN_TRANSIT] if Status.IN_TRANSIT in reached else []
    sent = Status.SUBMITTED in reached or not gone
    return (*((Status.SUBMITTED,) if sent else ()), *way, *IN_HOUSE)
