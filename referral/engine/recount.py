"""Indicators counted from histories alone: the second way, by which the shown numbers are checked (invariant 14).

Nothing here knows the tallies or SQL. A leg is walked event by event; what its statistics need is read off.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor
from typing import Any, Final

FEEDBACK: Final = timedelta(hours=72)
RETURN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of a history."""

    event: str
    after: str
    at: datetime


@dataclass(slots=True)
class Course:
    """A leg as its history tells it. `person` is the one behind the patient's records today; `goes_on`: it takes a leg
    onward that is counted already; `stays_there`: recovered, or treated on there."""

    key: Any
    direction: str
    person: Any
    outside: bool
    entries: Sequence[Happened]
    inbound: bool = False
    goes_on: bool = False
    stays_there: bool = False
    at: dict[str, datetime] = field(default_factory=dict)
    status: str = "draft"
    left_draft: datetime | None = None
    answered: datetime | None = None
    read: datetime | None = None
    ended: datetime | None = None

    def __post_init__(self) -> None:
        """Walk the history once."""
        for entry in self.entries:
            self.at.setdefault(entry.event, entry.at)
            self._walk(entry)
            self.status = entry.after

    def _walk(self, entry: Happened) -> None:
        if entry.event in ("submit", "approve", "emergency_send") and self.left_draft is None:
            self.left_draft = entry.at
        if entry.event in ANSWERS and self.answered is None:
            self.answered = entry.at
        if entry.event in ("acknowledge", "start_down_leg") and self.read is None:
            self.read = entry.at
        if entry.after in ENDS and entry.after != self.status:
            self.ended = entry.at

    def has(self, *events: str) -> bool:
        """Whether one of these ever happened."""
        return any(event in self.at for event in events)

    @property
    def leaving(self) -> bool:
        return self.direction in ("up", "lateral") and not self.inbound

    @property
    def first(self) -> bool:
        """The first leg of a way out of an institution of the county, that is more than a question."""
        return self.leaving and not self.goes_on and not self.advised

    @property
    def eligible(self) -> bool:
        """A stay inside the county that ended with a reply and could have gone down."""
        return self.leaving and not self.outside and self.has("complete_care") and not self.stays_there

    @property
    def advised(self) -> bool:
        return self.has("advise")

    @property
    def taken(self) -> bool:
        return self.has("accept", "confirm_ready", "arrive")

    @property
    def judged(self) -> bool:
        return not self.advised and (self.taken or self.has("reject", "redirect", "divert"))

    @property
    def awaited(self) -> bool:
        return self.has("schedule") and self.has("arrive", "mark_no_show")


ANSWERS: Final = frozenset({"accept", "reject", "redirect", "advise", "confirm_ready"})
ENDS: Final = frozenset(
    {
        "closed",
        "rejected",
        "managed_locally",
        "redirected",
        "cancelled",
        "expired",
        "died",
        "entered_in_error",
    }
)
Test = Callable[[Course, "Legs"], bool]


class Legs:
    """All histories, and who went up again when."""

    def __init__(self, courses: Iterable[Course]) -> None:
        self.counted = [one for one in courses if one.left_draft and one.status != "entered_in_error"]
        self.ups: dict[Any, list[datetime]] = {}
        for one in self.counted:
            if one.direction == "up" and one.left_draft:
                self.ups.setdefault(one.person, []).append(one.left_draft)

    def came_back(self, one: Course) -> bool:
        """Whether the person of a down leg was sent up again within 30 days."""
        sent = one.left_draft
        return sent is not None and any(sent < up <= sent + RETURN for up in self.ups.get(one.person, ()))

    def on(self, basis: str, since: datetime, until: datetime) -> list[Course]:
        """The legs that are counted in `since <= day < until`."""
        found = []
        for one in self.counted:
            moment = BASES[basis](one)
            if moment is not None and since <= moment < until:
                found.append(one)
        return found


def _later(moment: datetime | None, span: timedelta) -> datetime | None:
    return moment + span if moment else None


BASES: Final[Mapping[str, Callable[[Course], datetime | None]]] = {
    "sent": lambda one: one.left_draft,
    "feedback": lambda one: _later(one.at.get("complete_care"), FEEDBACK),
    "discharged": lambda one: one.at.get("complete_care"),
    "ended": lambda one: one.ended,
    "return": lambda one: _later(one.left_draft, RETURN),
}
TESTS: Final[Mapping[str, Test]] = {
    "up": lambda one, _: one.direction == "up",
    "down": lambda one, _: one.direction == "down",
    "lateral": lambda one, _: one.direction == "lateral",
    "outside": lambda one, _: one.outside,
    "inbound": lambda one, _: one.inbound,
    "leaving_first": lambda one, _: one.first,
    "leaving_inside": lambda one, _: one.first and not (one.outside or one.has("refer_onward")),
    "advised": lambda one, _: one.advised,
    "sent": lambda one, _: not one.advised,
    "asked": lambda one, _: one.has("request_info") and not one.advised,
    "judged": lambda one, _: one.judged,
    "accepted": lambda one, _: one.judged and one.taken and not one.has("revoke"),
    "answered": lambda one, _: one.answered is not None,
    "answered_arrived": lambda one, _: (
        one.answered is not None and "arrive" in one.at and one.at["arrive"] >= one.answered
    ),
    "awaited": lambda one, _: one.awaited,
    "missed": lambda one, _: one.awaited and one.has("mark_no_show"),
    "rejected": lambda one, _: one.has("reject", "revoke"),
    "arrived": lambda one, _: one.has("arrive"),
    "turned_away": lambda one, _: one.has("refuse_on_arrival"),
    "closable": lambda one, _: not one.advised and one.status not in ("cancelled", "rejected"),
    "closed": lambda one, _: not one.advised and one.status == "closed",
    "replied": lambda one, _: one.leaving and one.has("complete_care"),
    "read_in_time": lambda one, _: (
        one.leaving and one.read is not None and one.read <= one.at["complete_care"] + FEEDBACK
    ),
    "eligible": lambda one, _: one.eligible,
    "went_down": lambda one, _: one.eligible and one.has("start_down_leg"),
    "followed": lambda one, _: one.direction == "down" and one.has("start_rehab") and one.status != "died",
    "finished": lambda one, _: one.direction == "down" and one.has("start_rehab") and one.has("finish_plan"),
    "down_taken": lambda one, _: one.direction == "down" and one.taken,
    "returned": lambda one, legs: one.direction == "down" and one.taken and legs.came_back(one),
}
SPANS: Final[Mapping[str, Callable[[Course], timedelta]]] = {
    "answered": lambda one: one.answered - one.left_draft,  # type: ignore[operator]  # both are asked by the test
    "answered_arrived": lambda one: one.at["arrive"] - one.answered,  # type: ignore[operator]  # as above
}


def number(legs: Legs, condition: str, basis: str, since: datetime, until: datetime) -> int:
    """How many of the legs counted in the span meet the condition."""
    test = TESTS[condition]
    return sum(test(one, legs) for one in legs.on(basis, since, until))


def quantile(legs: Legs, condition: str, share: float, since: datetime, until: datetime) -> timedelta | None:
    """The `share` quantile (0.5, 0.9) of a condition's span, between neighbours in proportion; None of nothing."""
    test, span = TESTS[condition], SPANS[condition]
    found = sorted(span(one) for one in legs.on("sent", since, until) if test(one, legs))
    if not found:
        return None
    place = share * (len(found) - 1)
    low = floor(place)
    high = min(low + 1, len(found) - 1)
    return found[low] + (found[high] - found[low]) * (place - low)
