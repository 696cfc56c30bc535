"""What happened to legs, from every table that tells of it, in one statement: steps, words, signed forms, prints,
changes of urgency and of the expected day, the discharge, specialists asked and what they said, messages with
hospitals outside. A change of urgency inside a step stands
in that step's own line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, IntegerField, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject

from referral.models import (
    Comment,
    DayChange,
    Discharge,
    FormVersion,
    HistoryEntry,
    Opinion,
    Printout,
    PriorityChange,
    Referral,
)
from referral.selectors.outside.messages import told_about


@dataclass(frozen=True, slots=True)
class Happened:
    """One row. `kind`: step, word, form, print, urgency, day, left, asked, said, message; `who` and `place` are empty
    where the house itself acted; `number`: the leg's version; `body`: what this kind of row says beside."""

    kind: str
    leg: UUID
    at: datetime
    who: str
    place: str
    number: int
    body: Mapping[str, Any]


def happened(legs: QuerySet[Referral]) -> list[Happened]:
    """All of it, by leg and version, then by time. `legs` are those the actor was let through to."""
    step = HistoryEntry.objects.filter(referral=OuterRef("referral"), version=OuterRef("version"))
    urgencies = PriorityChange.objects.filter(~Exists(step), referral__in=legs)
    days = DayChange.objects.filter(referral__in=legs)
    parts = [
        _told(HistoryEntry.objects.filter(referral__in=legs), "step", "happened_at", "version",
              event="event", words="words", behalf="behalf", facts="facts"),
        _told(Comment.objects.filter(referral__in=legs), "word", "written_at", None, text="text"),
        _told(Printout.objects.filter(referral__in=legs), "print", "printed_at", "version",
              what="kind", whole="whole", workplace="workplace"),
        _told(FormVersion.objects.filter(referral__in=legs), "form", "signed_at", "version", staff=None,
              place=None, content="content"),
        _told(urgencies, "urgency", "happened_at", "version", before="before", after="after", reason="reason"),
        _told(days, "day", "happened_at", "version", before="before_date", after="after_date", reason="reason"),
        _told(Discharge.objects.filter(referral__in=legs), "left", "happened_at", "version", left_at="left_at"),
        *_opinions(legs),
        _told(told_about(legs), "message", "created_at", None, staff=None,
              way="way", activity="activity", state="state", answer="answer"),
    ]  # fmt: skip
    rows = [Happened(*row) for row in parts[0].union(*parts[1:], all=True)]
    return sorted(rows, key=lambda row: (str(row.leg), row.number, row.at))


def _opinions(legs: QuerySet[Referral]) -> list[QuerySet[Any, Any]]:
    """Questions to specialists, and their words; whose they are is said by the department's institution."""
    asked = Opinion.objects.filter(referral__in=legs)
    ward = {"ward": "department__name", "home": "department__organisation"}
    place = "department__organisation__short_name"
    return [
        _told(asked, "asked", "asked_at", None, staff="asked_by__name", place=place,
              to="specialist__name", text="question", **ward),
        _told(asked.exclude(says=""), "said", "answered_at", None, staff="answered_by__name", place=place,
              says="says", text="words", **ward),
    ]  # fmt: skip


def _told(
    rows: QuerySet[Any],
    kind: str,
    at: str,
    number: str | None,
    *,
    staff: str | None = "staff__name",
    place: str | None = "organisation__short_name",
    **body: str,
) -> QuerySet[Any, Any]:
    """The rows of one table under the common columns."""
    named = {"who": staff, "place": place}
    none = Value("", CharField())
    return rows.order_by().values_list(
        *[
            Value(kind, CharField()), F("referral_id"), F(at),
            *[Coalesce(F(name), none, output_field=CharField()) if name else none for name in named.values()],
            F(number) if number else Value(0, IntegerField()),
            JSONObject(**body),
        ]
    )  # fmt: skip
