"""Who may refer to whom, and what the consortium office has to see to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import ngettext_lazy

from consortium import selectors as consortium
from consortium.choices import CLOSABLE, CLOSING, STAYING, OrganisationKind
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from referral.choices import TERMINAL, UNSENT, RelationKind
from referral.models import Referral, Relation
from referral.policies import RELATION

TREATING: Final = (
    OrganisationKind.HEAD_HOSPITAL,
    OrganisationKind.BRANCH,
    OrganisationKind.VILLAGE_CLINIC,
    OrganisationKind.OUTSIDE,
)
"""Institutions that treat patients; offices take none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One relation on the office's page. `until`: the first day it stands no more."""

    id: UUID
    source_id: UUID
    target_id: UUID
    source: str
    target: str
    kind: Text
    since: date
    until: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """One institution in the list of all, with how many it is related to."""

    organisation_id: UUID
    name: str
    relations: int


@dataclass(frozen=True, slots=True)
class Closing:
    """An institution that closes on a day to come, or has been closed on it. `asked_back`: taking it back waits for a
    second person; `may_ask_back`: the reader may ask for that."""

    organisation_id: UUID
    name: str
    day: date
    closed: bool
    asked_back: bool
    may_ask_back: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed institution with the legs that are open towards it."""

    organisation_id: UUID
    name: str
    legs: int


def ask(*, by: Actor) -> None:
    """Raise Refused (403) for a post that does not see the relations."""
    RELATION.ask(by, "view")


def places() -> list[Any]:
    """Every institution that can be a side of a referral, outside ones last."""
    own = [one for one in consortium.all_organisations() if one.kind in TREATING]
    return [*own, *consortium.outside_organisations()]


def related(organisation_id: UUID) -> set[UUID] | None:
    """The institutions this one refers to and is referred from today; None before any relation was written."""
    today = clock.today()
    either = Q(source=organisation_id) | Q(target=organisation_id)
    rows = Relation.objects.filter(either, period__contains=today).values_list("source_id", "target_id")
    found = {one for pair in rows for one in pair} - {organisation_id}
    return found if found or Relation.objects.exists() else None


def targets_of(organisation_id: UUID) -> list[Any]:
    """The open institutions this one may refer to, in the directory's order."""
    known = related(organisation_id)
    return [one for one in places() if one.pk != organisation_id and (known is None or one.pk in known)]


def lines(*, by: Actor, organisation_id: UUID | None = None, ended: bool = False) -> list[Line]:
    """The relations that stand or will stand (or, `ended`, those that are over), by institution."""
    today = clock.today()
    ends = Q(period__upper_inf=True) | Q(period__endswith__gt=today)  # begun and ended on one day: empty
    over = Q(period__isempty=True) | Q(period__endswith__lte=today)
    stands = Q(period__isempty=False) & ends
    rows = RELATION.rows(by, "view").filter(over if ended else stands).select_related("source", "target")
    if organisation_id is not None:
        rows = rows.filter(Q(source=organisation_id) | Q(target=organisation_id))
    return [_line(row) for row in rows.order_by("source__sequence", "target__sequence", "period", "pk")]


def _line(row: Relation) -> Line:
    made = clock.day_of(row.made_at)
    ended = clock.day_of(row.ended_at) if row.ended_at else None
    return Line(
        id=row.pk,
        source_id=row.source_id,
        target_id=row.target_id,
        source=row.source.short_name,
        target=row.target.short_name,
        kind=RelationKind(row.kind).label,
        since=row.period.lower or made,
        until=ended if row.period.isempty else row.period.upper,
        note=row.note,
    )


def towards_closed(*, by: Actor) -> list[Closed]:
    """Closed institutions with open legs towards them, for the consortium office; nobody's name in it."""
    RELATION.ask(by, "view")
    if by.organisation != consortium.consortium_office():
        return []
    rows = Referral.objects.filter(target__active=False).exclude(status__in=TERMINAL)
    counted = rows.order_by().values("target", "target__short_name").annotate(legs=Count("pk"))
    found = [Closed(row["target"], row["target__short_name"], row["legs"]) for row in counted]
    return sorted(found, key=lambda one: (-one.legs, one.name))


def keeps_department_open(department_id: UUID) -> list[Text]:
    """Open legs that are on their way to the department, are in its care, or come from it."""
    here = Referral.objects.filter(Q(department=department_id) | Q(source_department=department_id))
    number = here.exclude(status__in=(*TERMINAL, *UNSENT)).count()
    told = ngettext_lazy(
        "%(n)d open referral goes to it or comes from it.",
        "%(n)d open referrals go to it or come from it.",
        "n",
    )
    return [told % {"n": number}] if number else []


def without_target(organisations: Iterable[Any]) -> list[Any]:
    """Institutions of the consortium that may refer nowhere today, once relations are kept at all."""
    today = clock.today()
    rows = Relation.objects.filter(period__contains=today).values_list("source_id", "target_id")
    known = {one for pair in rows for one in pair}
    return [one for one in organisations if one.kind != OrganisationKind.OUTSIDE and one.pk not in known]


def _groups(found: Iterable[Line], treating: Iterable[Any]) -> list[Group]:
    """Each institution with its number of relations, in the directory's order."""
    number: dict[UUID, int] = {}
    for one in found:
        for side in (one.source_id, one.target_id):
            number[side] = number.get(side, 0) + 1
    return [Group(one.pk, one.short_name, number.get(one.pk, 0)) for one in treating]


def _closings(may_ask: bool, asked: set[tuple[str, UUID]]) -> list[Closing]:
    today = clock.today()
    return [
        Closing(
            organisation_id=one.pk,
            name=one.short_name,
            day=day,
            closed=not one.active,
            asked_back=(STAYING, one.pk) in asked,
            may_ask_back=may_ask and one.active and day > today and (STAYING, one.pk) not in asked,
        )
        for one in consortium.closing_organisations()
        if (day := one.closes_date)
    ]


@dataclass(frozen=True, slots=True)
class Page:
    """The office's page: the relations of one institution, or all institutions with how many each has (`groups`);
    what closes or is closed; who may refer nowhere. `closable`: choices of who may ask for a closing, else empty;
    `asked`: names of institutions whose closing waits for a second person."""

    lines: list[Line]
    groups: list[Group]
    closings: list[Closing]
    asked: list[str]
    closable: list[tuple[str, str]]
    closed: list[Closed]
    lonely: list[str]
    choices: list[tuple[str, str]]
    place: str
    governed: bool


def page(*, by: Actor, place: str = "") -> Page:
    """Everything the office's page shows; `place` is the id of the institution whose relations are looked at."""
    RELATION.ask(by, "view")
    all_places = places()
    known = {str(one.pk): one for one in all_places}
    chosen = known.get(place)
    found = lines(by=by, organisation_id=chosen.pk if chosen else None)
    closes = consortium.may_propose(CLOSING, by=by)
    asked = consortium.waits_for_second(CLOSING, STAYING)
    return Page(
        lines=found if chosen else [],
        groups=[] if chosen else _groups(found, all_places),
        closings=_closings(closes, asked),
        asked=[one.short_name for one in all_places if (CLOSING, one.pk) in asked],
        closable=[(str(one.pk), one.short_name) for one in all_places if closes and one.kind in CLOSABLE],
        closed=towards_closed(by=by),
        lonely=[one.short_name for one in without_target(all_places)],
        choices=[(pk, one.short_name) for pk, one in known.items()],
        place=str(chosen.pk) if chosen else "",
        governed=Relation.objects.exists(),
    )
