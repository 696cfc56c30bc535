"""Legs with hospitals outside the county: who waits for whom, what was told by telephone, what may be told next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.errors import Invalid, Text
from referral.choices import (
    TELEPHONED,
    TERMINAL,
    TRANSITIONS,
    UNSENT,
    Event,
    MessageState,
    Side,
    Status,
    fits,
)
from referral.models import HistoryEntry, Peer, PeerMessage, Referral, Telephoned
from referral.policies import REFERRAL, TELEPHONE
from referral.selectors.lists.board import Row, rows_of, urgent_first

TABS: Final = ("open", "ended")


@dataclass(frozen=True, slots=True)
class OutsideLeg:
    """One leg with a hospital outside. `telephone` is that hospital's; `unsent`, `refused`: messages that did not get
    through; `told`: the last word by telephone."""

    row: Row
    place: str
    telephone: str
    by_messages: bool
    unsent: int
    refused: int
    told: Telephoned | None


@dataclass(frozen=True, slots=True)
class Told:
    """One word by telephone: to which step it led, who said it, who wrote it down."""

    what: Text
    line: Telephoned


@dataclass(frozen=True, slots=True)
class Call:
    """One leg and the telephone: what the hospital outside may say now, what it has said."""

    row: Row
    card: PatientCard
    place: str
    telephone: str
    by_messages: bool
    receives: bool
    events: Sequence[Event]
    told: Sequence[Told]

    @property
    def referral(self) -> Referral:
        return self.row.referral


def may_telephone(*, by: Actor) -> bool:
    """Whether the actor's post writes down what hospitals outside say."""
    return by.has(*TELEPHONE)


def telephoned_event(name: str) -> Event:
    """The event of this name. Raises Invalid (422) for one that no hospital outside says by telephone."""
    if name not in TELEPHONED:
        raise Invalid(fields={"event": _("There is no such event.")})
    return Event(name)


def telephones(by: Actor, leg: Referral) -> bool:
    """Whether the actor writes down what a hospital outside says of this leg of her own side."""
    if leg.status in (*UNSENT, *TERMINAL) or not may_telephone(by=by):
        return False
    sides = consortium.organisations([leg.source_id, leg.target_id]).values()
    return any(place.kind == OrganisationKind.OUTSIDE for place in sides)


def outside_legs(*, by: Actor, tab: str = "open", start: int = 0, limit: int = 25) -> list[OutsideLeg]:
    """Legs to and from hospitals outside of the actor's reach, urgent first, in a fixed number of statements."""
    ended = Q(status__in=TERMINAL)
    rows = REFERRAL.rows(by, "telephone").filter(ended if tab == "ended" else ~ended)
    found = list(urgent_first(rows).select_related("source", "target")[start : start + limit])
    told = {one.referral_id: one for one in _told(found).order_by("referral", "version")}
    peers = set(Peer.objects.filter(active=True).values_list("organisation", flat=True)) if found else set()
    unsent = _unsent(found)
    return [
        OutsideLeg(
            row=row,
            place=(place := _place(row.referral)).short_name,
            telephone=place.telephone,
            by_messages=place.pk in peers,
            told=told.get(row.referral.pk),
            unsent=unsent.get((row.referral.pk, MessageState.DUE.value), 0),
            refused=unsent.get((row.referral.pk, MessageState.REFUSED.value), 0),
        )
        for row in rows_of(by, found)
    ]


def outside_counts(*, by: Actor) -> dict[str, int]:
    """How many legs stand in each tab; one statement."""
    ended = Q(status__in=TERMINAL)
    rows = REFERRAL.rows(by, "telephone")
    return rows.aggregate(open=Count("pk", filter=~ended), ended=Count("pk", filter=ended))


def call(*, by: Actor, referral_id: UUID) -> Call:
    """One leg with what may be written down for the hospital outside. 404 for a leg with nobody outside."""
    leg = REFERRAL.fetch(by, "telephone", referral_id)
    (row,) = rows_of(by, [leg])
    place = _place(leg)
    happened = dict(HistoryEntry.objects.filter(referral=leg).values_list("version", "event"))
    return Call(
        row=row,
        card=index.card(by=by, patient_id=leg.patient_id),
        place=place.name,
        telephone=place.telephone,
        by_messages=Peer.objects.filter(organisation=place.pk, active=True).exists(),
        receives=place.pk == leg.target_id,
        events=events_of(leg, place.pk),
        told=[Told(Event(happened[one.version]).label, one) for one in _told([leg]).order_by("-version")],
    )


def events_of(leg: Referral, place: UUID) -> list[Event]:
    """What the hospital outside at `place` may say now: the steps of its side in the table."""
    side = Side.RECEIVER if place == leg.target_id else Side.SENDER
    found = []
    for event in TELEPHONED:
        taken = TRANSITIONS.get((Status(leg.status), event))
        if taken is not None and taken.side in (side, Side.EITHER) and fits(event, leg.direction):
            found.append(event)
    return found


def _place(leg: Referral) -> Any:
    """The side that is a hospital outside."""
    return leg.target if leg.target.kind == OrganisationKind.OUTSIDE else leg.source


def _told(legs: Sequence[Referral]) -> Any:
    return Telephoned.objects.filter(referral__in=legs).select_related("written_by")


def _unsent(legs: Sequence[Referral]) -> dict[tuple[UUID, str], int]:
    """Messages of these legs that did not get through, by leg and state."""
    lost = (MessageState.DUE, MessageState.REFUSED)
    rows = PeerMessage.objects.filter(referral__in=legs, state__in=lost).order_by()
    counted = rows.values("referral", "state").annotate(number=Count("pk"))
    return {(one["referral"], one["state"]): one["number"] for one in counted}
