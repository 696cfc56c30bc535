"""What waits for somebody, put together from every app that has work to offer; and what the one search field found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

import consortium.selectors
import diagnostics.selectors
import ecg.selectors
import imaging.selectors
import insurance_bridge.selectors
import referral.selectors
from consortium.choices import Duty
from emr.chart import selectors as chart
from emr.consent import selectors as consent
from emr.index import selectors as index
from emr.index.selectors import Found, Hit, PatientCard
from emr.prescriptions import selectors as prescriptions
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import ORDER, Count, Waiting, Work
from portal import nav, reading

SOURCES: Final[Mapping[str, Callable[..., Work]]] = {
    "referral": referral.selectors.work,
    "diagnostics": diagnostics.selectors.work,
    "reading": reading.work,
    "ecg": ecg.selectors.work,
    "imaging": imaging.selectors.work,
    "insurance": insurance_bridge.selectors.work,
    "emr": chart.work,
    "persons": consent.work,
    "prescriptions": prescriptions.work,
    "consortium": consortium.selectors.work,
}
"""Who is asked, in the order their tiles stand."""

NEVER: Final = datetime.max.replace(tzinfo=UTC)
ROWS: Final = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """A post's whole desk: tiles in order, rows by urgency and time left, and the parts per app."""

    counts: tuple[Count, ...]
    waiting: tuple[Waiting, ...]
    parts: Mapping[str, Work]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the queue with the patient's name beside it (fields of ui/queue.html)."""

    key: str
    what: Text
    who: str
    sub: Text
    url: str
    action: Text
    priority: str
    due_at: datetime | None
    at: datetime | None
    span: int


@dataclass(frozen=True, slots=True)
class Home:
    """The home of a post."""

    desk: Desk
    rows: tuple[Row, ...]
    more: int
    next_due_at: datetime | None
    duty: tuple[Any, ...]
    panels: tuple[nav.Panel, ...]
    buttons: tuple[nav.Button, ...]

    @property
    def queued(self) -> bool:
        """Whether work comes to this post in a queue; where none ever does, what stands beside is the page."""
        return bool(self.desk.counts or self.rows or not self.panels)


def desk(*, by: Actor) -> Desk:
    """Everything that waits for the acting post."""
    parts = {name: work(by=by) for name, work in SOURCES.items()}
    rows = [row for part in parts.values() for row in part.waiting]
    return Desk(
        counts=tuple(count for part in parts.values() for count in part.counts),
        waiting=tuple(sorted(rows, key=lambda row: (ORDER[row.priority], row.due_at or NEVER, row.key))),
        parts=parts,
    )


def at_office(*, by: Actor) -> bool:
    """Whether the post stands at the consortium office and keeps the referral relations there."""
    return by.has(*nav.OFFICE_POSTS) and by.organisation == consortium.selectors.consortium_office()


def home(*, by: Actor) -> Home:
    """The home page: the desk with names, who is on duty, what stands beside."""
    whole = desk(by=by)
    shown = whole.waiting[:ROWS]
    return Home(
        desk=whole,
        rows=rows(by=by, waiting=shown),
        more=len(whole.waiting) - len(shown),
        next_due_at=min((row.due_at for row in whole.waiting if row.due_at), default=None),
        duty=tuple(consortium.selectors.on_duty(organisation=by.organisation, duty=Duty.CHIEF))
        if by.organisation
        else (),
        panels=nav.panels(by.roles),
        buttons=nav.buttons(by.roles, reading.centres(by=by), office=at_office(by=by)),
    )


def rows(*, by: Actor, waiting: Iterable[Waiting]) -> tuple[Row, ...]:
    """Work with the names of its patients, as far as this actor may see them."""
    listed = list(waiting)
    cards = index.cards(by=by, patient_ids=[row.patient_id for row in listed if row.patient_id])
    return tuple(_row(row, cards.get(row.patient_id) if row.patient_id else None) for row in listed)


def _row(row: Waiting, card: PatientCard | None) -> Row:
    who = f"{card.name} {card.sex_text} {card.age_text}".strip() if card else ""
    span = int((row.due_at - row.since).total_seconds()) if row.due_at and row.since else 0
    return Row(
        row.key.replace(":", "-"),
        row.what,
        who,
        row.sub,
        row.url,
        row.action,
        row.priority,
        row.due_at,
        row.since,
        span,
    )


@dataclass(frozen=True, slots=True)
class Alert:
    """One line of the red bar."""

    title: Text
    body: str
    url: str
    due_at: datetime | None


def alerts(*, by: Actor) -> list[Alert]:
    """Critical values told to this person, and those of her institution that nobody answered in time; at most three."""
    if not diagnostics.selectors.answers(by):
        return []
    mine = diagnostics.selectors.alarms(by=by, limit=3)
    cards = index.cards(by=by, patient_ids=[row.patient_id for row in mine]) if mine else {}
    return [_alert(row, cards.get(row.patient_id)) for row in mine]


def _alert(row: diagnostics.selectors.Alarm, card: PatientCard | None) -> Alert:
    who = f"{card.name} {card.sex_text} {card.age_text} · " if card else ""
    address = reverse("diagnostics:critical", args=[row.id])
    return Alert(
        _("Critical value, please read back:"),
        f"{who}{row.item}: {row.text}",
        address,
        row.due_at,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one nearness: my patients of today, my institutions, the county."""

    label: Text
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a search found; `only` is the address an exact hit opens at once."""

    groups: tuple[Group, ...] = ()
    shape: str = ""
    text: str = ""
    more: bool = False
    county: bool = False
    only: str = ""


def grouped(*, by: Actor, found: Found) -> Result:
    """Hits in the order the searcher thinks: here today, here, elsewhere."""
    today = clock.day_bounds(clock.today())[0]
    mine = [hit for hit in found.hits if hit.organisation_id in by.organisations]
    parts = (
        (nav.HERE_TODAY, [hit for hit in mine if hit.last_seen_at >= today]),
        (nav.HERE, [hit for hit in mine if hit.last_seen_at < today]),
        (nav.ELSEWHERE, [hit for hit in found.hits if hit not in mine]),
    )
    groups = tuple(Group(label, tuple(hits)) for label, hits in parts if hits)
    only = found.only.url if found.only else ""
    return Result(groups, found.shape, found.text, found.more, found.county, only)


def numbered(*, by: Actor, text: str) -> str:
    """The address of the exam with this accession number, or an empty string."""
    if not text[:2].isalpha() or not text[2:].isdigit() or len(text) < 8:
        return ""
    found = diagnostics.selectors.by_accession(by=by, accession_number=text.upper())
    return f"/orders/{UUID(str(found.pk))}/" if found else ""
