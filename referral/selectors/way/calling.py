"""Whom a branch has to phone: those who did not come."""

from dataclasses import dataclass

from django.db.models import Prefetch

from kernel.actor import Actor
from referral.choices import Status
from referral.models import CallNote
from referral.policies import REFERRAL
from referral.selectors.lists.board import Row, rows_of, urgent_first

MOST = 50


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to phone, with the calls that were made, the newest first."""

    row: Row
    notes: list[CallNote]


def calls(*, by: Actor) -> list[Call]:
    """Legs the own institution sent and nobody came for, urgent first."""
    rows = REFERRAL.rows(by, "view").filter(source__in=by.organisations, status=Status.NO_SHOW)
    made = CallNote.objects.select_related("called_by").order_by("-called_at", "-pk")
    legs = list(urgent_first(rows).prefetch_related(Prefetch("calls", made, to_attr="made"))[:MOST])
    return [Call(row, row.referral.made) for row in rows_of(by, legs)]  # type: ignore[attr-defined]  # prefetched
