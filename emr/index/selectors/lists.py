"""The patient list of one institution, by keyset."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from emr.index import vault
from emr.index.choices import Sex
from emr.index.engine import identity, places
from emr.index.models import Patient
from emr.index.policies import PATIENT
from emr.index.selectors.cards import SEX_TEXT, age_text
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text

PAGE: Final = 25


WORDS: Final[dict[str, Text]] = {
    "today": pgettext_lazy("patients", "Seen today"),
    "mine": pgettext_lazy("patients", "Seen by me"),
    "all": pgettext_lazy("patients", "All of this institution"),
}


@dataclass(frozen=True, slots=True)
class View:
    """A choice of the list, in the shape of ui/filters.html."""

    label: Text
    url: str
    current: bool


def patient_views(current: str) -> tuple[View, ...]:
    """The three views of the list."""
    address = reverse("emr:patients")
    return tuple(View(label, f"{address}?view={name}", name == current) for name, label in WORDS.items())


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: UUID
    name: str
    sex_text: Text
    birth_date: date | None
    age_text: str
    village: str
    id_masked: str
    local_number: str
    last_seen_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows; `after` is the cursor of the next one, "" on the last."""

    rows: tuple[Row, ...]
    view: str
    after: str = ""


def patient_page(*, by: Actor, view: str = "today", after: str = "") -> Page:
    """Patients of the actor's own institution, last seen first: today's, those this doctor saw, or all.

    One statement at any size of the county.
    """
    view = view if view in WORDS else "today"
    rows = PATIENT.rows(by, "list").filter(organisation=by.organisation)
    if view == "today":
        rows = rows.filter(last_seen_at__gte=clock.day_bounds(clock.today())[0])
    if view == "mine":
        rows = rows.filter(last_seen_by_id=by.id)
    cursor = read_cursor(after)
    if cursor:
        moment, pk = cursor
        rows = rows.filter(
            Q(last_seen_at__lt=moment) | Q(last_seen_at=moment, pk__lt=pk), last_seen_at__lte=moment
        )
    found = list(rows.select_related("person").order_by("-last_seen_at", "-pk")[: PAGE + 1])
    shown = found[:PAGE]
    more = f"{shown[-1].last_seen_at.isoformat()}~{shown[-1].pk}" if len(found) > PAGE else ""
    return Page(tuple(_row(row) for row in shown), view, more)


def read_cursor(text: str) -> tuple[datetime, UUID] | None:
    """The place a page ended at; None for the first page or a cursor that is none of ours."""
    moment, _tilde, pk = text.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(pk)
    except ValueError:
        return None


def _row(row: Patient) -> Row:
    person = row.person
    number = vault.id_number_of(person)
    return Row(
        id=row.pk,
        name=vault.name_of(person),
        sex_text=SEX_TEXT[Sex(person.sex)],
        birth_date=person.birth_date,
        age_text=age_text(person.birth_date),
        village=places.village(vault.address_of(person)),
        id_masked=identity.mask(number) if number else "",
        local_number=row.local_number,
        last_seen_at=row.last_seen_at,
        url=reverse("emr:chart", args=[row.pk]),
    )
