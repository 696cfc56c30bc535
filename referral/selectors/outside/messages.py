"""The messages with hospitals outside: what went, what came, what did not get through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock, crypto
from kernel.actor import Actor
from kernel.errors import Text
from referral.choices import BODY, Bound, MessageState
from referral.choices.parts import CODES, FACTS, KINDS
from referral.engine import wire
from referral.engine.telling import MOMENTS
from referral.models import PeerMessage, Referral
from referral.policies import MESSAGE

PAGE: Final = 25
FILTERS: Final[Mapping[str, Text]] = {
    "": pgettext_lazy("referral message", "All"),
    "due": pgettext_lazy("referral message", "To be sent"),
    "refused": pgettext_lazy("referral message", "Refused"),
    "out": pgettext_lazy("referral message", "Sent and taken"),
    "in": pgettext_lazy("referral message", "Received"),
}
_CONDITIONS: Final = {
    "": Q(),
    "due": Q(state=MessageState.DUE),
    "refused": Q(state=MessageState.REFUSED),
    "out": Q(way=Bound.OUT, state=MessageState.TAKEN),
    "in": Q(way=Bound.IN, state=MessageState.TAKEN),
}
FIRST: Final = Case(
    When(state=MessageState.REFUSED, then=Value(0)), When(state=MessageState.DUE, then=Value(1)),
    default=Value(2), output_field=IntegerField(),
)  # fmt: skip
_TONES: Final = {
    MessageState.DUE: ("here", "clock"),
    MessageState.TAKEN: ("good", "check"),
    MessageState.REFUSED: ("stop", "x"),
}
_TAKEN_IN: Final = pgettext_lazy("referral message", "taken in")


@dataclass(frozen=True, slots=True)
class Line:
    """One message in the list. `card` only where the reader may open the leg."""

    message: PeerMessage
    place: str
    card: PatientCard | None

    @property
    def words(self) -> Text:
        """How it stands; one of theirs has been taken in by us."""
        ours = self.message.way == Bound.IN and self.message.state == MessageState.TAKEN
        return _TAKEN_IN if ours else MessageState(self.message.state).label

    @property
    def tone(self) -> str:
        return _TONES[MessageState(self.message.state)][0]

    @property
    def symbol(self) -> str:
        return _TONES[MessageState(self.message.state)][1]


@dataclass(frozen=True, slots=True)
class Messages:
    """One page of the list, and how many stand under each filter."""

    lines: Sequence[Line]
    numbers: Mapping[str, int]
    more: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message as people name it, with its facts; `withheld`: it is above the reader's clearance."""

    title: Text
    facts: Sequence[tuple[Text, Text]]
    withheld: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """One message, opened: its parts in words and its text as it went over the line, identity masked."""

    line: Line
    parts: Sequence[Part]
    raw: str
    may_resend: bool


def sees_messages(*, by: Actor) -> bool:
    """Whether the actor's post opens the messages."""
    return MESSAGE.allows(by, "view")


def peer_messages(*, by: Actor, show: str = "", page: int = 1) -> Messages:
    """What did not get through first, then the newest, in a fixed number of statements."""
    rows = MESSAGE.rows(by, "view")
    counted = rows.aggregate(
        **{key or "all": Count("pk", filter=condition) for key, condition in _CONDITIONS.items()}
    )
    found = rows.filter(_CONDITIONS[show]).select_related("referral").order_by(FIRST, "-created_at", "pk")
    start = (page - 1) * PAGE
    kept = list(found[start : start + PAGE + 1])
    numbers = {key: counted[key or "all"] for key in _CONDITIONS}
    return Messages(_lines(by, kept[:PAGE]), numbers, len(kept) > PAGE)


def told_about(legs: QuerySet[Referral]) -> QuerySet[PeerMessage]:
    """The messages about legs that were let through, for the page that tells everything of them: that one went or
    came and how it stands, never its words."""
    return PeerMessage.objects.filter(referral__in=legs).defer("body_sealed")


def _lines(by: Actor, rows: Sequence[PeerMessage]) -> list[Line]:
    names = consortium.organisation_names([row.organisation_id for row in rows])
    cards = index.cards(by=by, patient_ids=[row.referral.patient_id for row in rows if row.referral])
    return [
        Line(
            row,
            names.get(row.organisation_id, ""),
            cards.get(row.referral.patient_id) if row.referral else None,
        )
        for row in rows
    ]


def peer_message(*, by: Actor, message_id: UUID) -> Opened:
    """One message; what is labelled above the reader's clearance is withheld. 404 out of reach."""
    row = MESSAGE.fetch(by, "view", message_id)
    (line,) = _lines(by, [row])
    body: dict[str, Any] = orjson.loads(crypto.unseal_bytes(BODY, row.pk, bytes(row.body_sealed)) or b"{}")
    parts, kept = wire.shown(body, lambda resource: _above(by, resource))
    raw = orjson.dumps(kept, option=orjson.OPT_INDENT_2).decode()
    waits = row.way == Bound.OUT and row.state != MessageState.TAKEN
    return Opened(line, [_part(one) for one in parts], raw, waits and MESSAGE.allows(by, "resend"))


def _above(by: Actor, resource: Mapping[str, Any]) -> bool:
    label, _categories = access.rules().of(resource, orjson.dumps(resource))
    return label > by.clearance


def _part(one: wire.Part) -> Part:
    """A part in words; a kind nobody named keeps its own name."""
    facts = [(FACTS.get(name, name), _value(name, value)) for name, value in one.facts]
    return Part(KINDS.get(one.kind, one.kind), facts, one.withheld)


def _value(name: str, value: str) -> Text:
    """A coded value in words, a moment on the county's clock, all else as it was written."""
    if name not in MOMENTS:
        return CODES.get((name, value), value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment.tzinfo else value
