"""What happened to legs beside the table: changes of urgency and of the expected day, the discharge, as lines of their
history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from kernel import clock
from referral.choices import Aside, Priority
from referral.models import DayChange, Discharge, HistoryEntry, PriorityChange

COLUMNS: Final = (
    "referral_id", "version", "happened_at", "what", "old", "new", "reason", "staff__name",
    "organisation__short_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """One thing beside the table: what it was before, what it is since, why, and who said so."""

    referral_id: UUID
    version: int
    at: datetime
    what: Aside
    before: str
    after: str
    reason: str
    who: str

    @property
    def text(self) -> str:
        """Who did it, and what changed; of a discharge the moment she left."""
        change = f"{self.before} → {self.after}" if self.before else self.after
        return " ".join(part for part in (self.who, change, self.reason) if part)


def asides(legs: Iterable[UUID]) -> list[Beside]:
    """Changes of urgency and of the expected day, and the discharge of these legs by leg and version, one statement; a
    change of urgency inside a step stands in that step's own line."""
    wanted = list(legs)
    step = HistoryEntry.objects.filter(referral=OuterRef("referral"), version=OuterRef("version"))
    apart = PriorityChange.objects.filter(~Exists(step), referral__in=wanted)
    urgencies = _rows(apart, Aside.PRIORITISED, "before", "after")
    days = _rows(
        DayChange.objects.filter(referral__in=wanted), Aside.EXPECTED_MOVED, "before_date", "after_date"
    )
    left = _rows(
        Discharge.objects.filter(referral__in=wanted).annotate(reason=Value("", CharField())),
        Aside.DISCHARGED, None, "left_at",
    )  # fmt: skip
    found = urgencies.union(days, left, all=True).order_by("referral_id", "version")
    return [_line(*row) for row in found]


def _rows(rows: QuerySet[Any], what: Aside, old: str | None, new: str) -> QuerySet[Any, Any]:
    told = {
        name: Cast(F(field), CharField()) if field else Value("", CharField())
        for name, field in (("old", old), ("new", new))
    }
    found: QuerySet[Any, Any] = rows.annotate(what=Value(what.value, CharField()), **told)
    return found.values_list(*COLUMNS)


def _line(
    leg: UUID,
    version: int,
    at: datetime,
    what: str,
    old: str,
    new: str,
    reason: str,
    who: str | None,
    place: str,
) -> Beside:
    if what == Aside.PRIORITISED:
        old, new = str(Priority(old).label), str(Priority(new).label)
    if what == Aside.DISCHARGED:
        new = f"{clock.local(datetime.fromisoformat(new)):%m-%d %H:%M}"
    return Beside(leg, version, at, Aside(what), old, new, reason, f"{who or ''} {place}".strip())
