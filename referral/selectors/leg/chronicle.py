"""Everything of one referral on one page: every leg of its episode, what happened, what changed, what was sent, who
looked, what was said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from consortium import selectors as consortium
from consortium.choices import TextState
from emr.access import selectors as access
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.errors import Text
from referral.choices import Aside, Behalf, Event, Priority
from referral.engine.folding import folded
from referral.models import Referral
from referral.policies import REFERRAL
from referral.selectors.leg.detail import told_words
from referral.selectors.leg.happened import Happened, happened
from referral.selectors.leg.retold import BESIDE

EPISODE: Final = """
WITH RECURSIVE up(id, parent_id) AS (
    SELECT id, parent_id FROM referral_referral WHERE id = %s
    UNION SELECT r.id, r.parent_id FROM referral_referral r JOIN up ON r.id = up.parent_id
), episode(id) AS (
    SELECT id FROM up
    UNION SELECT r.id FROM referral_referral r JOIN episode ON r.parent_id = episode.id
) SELECT id FROM episode
"""
FACTS: Final[Mapping[str, Text]] = {
    "priority": pgettext_lazy("referral fact", "urgency"),
    "department": pgettext_lazy("referral fact", "department"),
    "bed": pgettext_lazy("referral fact", "bed"),
    "eta": pgettext_lazy("referral fact", "expected arrival"),
    "expected": pgettext_lazy("referral fact", "expected day of a place"),
    "doctor": pgettext_lazy("referral fact", "receiving doctor"),
    "team": pgettext_lazy("referral fact", "family-doctor team"),
}
FIELDS: Final[Mapping[str, Text]] = {
    "priority": pgettext_lazy("referral form", "urgency"),
    "diagnosis_code": pgettext_lazy("referral form", "code"),
    "diagnosis": pgettext_lazy("referral form", "diagnosis"),
    "reason": pgettext_lazy("referral form", "reason"),
    "history": pgettext_lazy("referral form", "history"),
    "illness": pgettext_lazy("referral form", "present illness"),
    "treatment": pgettext_lazy("referral form", "treatment"),
    "regimen": pgettext_lazy("referral form", "plan of treatment"),
    "precautions": pgettext_lazy("referral form", "precautions"),
    "outcome": pgettext_lazy("referral form", "diagnosis and course"),
    "results": pgettext_lazy("referral form", "main results"),
    "course": pgettext_lazy("referral form", "treatment in hospital"),
    "advice": pgettext_lazy("referral form", "next steps"),
    "rehabilitation": pgettext_lazy("referral form", "rehabilitation"),
    "record_number": pgettext_lazy("referral form", "record number"),
    "supply": pgettext_lazy("referral form", "supply of medicines"),
}
MESSAGE: Final = pgettext_lazy("history", "message to the patient")
NOTICE: Final = pgettext_lazy("history", "notice")
TONES: Final = {Event.REJECT: "bad", Event.WITHDRAW: "bad", Event.SUBMIT: "up", Event.ACCEPT: "good"}


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after."""

    name: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the time line. `kind`: step, form, print, word, left, asked, said, message, sent, look."""

    at: datetime
    kind: str
    number: str
    what: Text
    who: Text
    text: str = ""
    tone: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class FormRow:
    """One field of the form through its versions; `changed`: not the same in all."""

    name: Text
    values: list[str]
    changed: bool


@dataclass(frozen=True, slots=True)
class FormTable:
    """The signed versions of one leg's form side by side; `versions`: when each was signed."""

    number: str
    versions: list[datetime]
    rows: list[FormRow]


@dataclass(frozen=True, slots=True)
class Chronicle:
    referral: Referral
    card: PatientCard
    legs: list[str]
    lines: list[Line]
    forms: list[FormTable] = field(default_factory=list)


def chronicle(*, by: Actor, referral_id: UUID) -> Chronicle:
    """The whole episode as far as its legs are the actor's to see. 404 for a third hospital.

    Beside leg and card five statements, whatever the number of legs: the legs, what happened to them, what was sent,
    who opened the record, and their names.
    """
    leg = REFERRAL.fetch(by, "view", referral_id)
    seen = REFERRAL.rows(by, "view").filter(pk__in=RawSQL(EPISODE, [leg.pk]))  # noqa: S611 - a text of our own
    legs = {one.pk: one for one in seen} | {leg.pk: leg}
    rows = happened(seen.order_by())
    lines = [
        *_steps([row for row in rows if row.kind == "step"], legs),
        *(_beside(_here(row, by), legs[row.leg].number) for row in rows if row.kind in BESIDE),
        *(_aside(row, legs[row.leg].number) for row in rows if row.kind in ASIDES),
        *_sent(legs),
        *_looks(leg, legs.values()),
    ]
    return Chronicle(
        referral=leg,
        card=index.card(by=by, patient_id=leg.patient_id),
        legs=sorted(one.number for one in legs.values()),
        lines=sorted(lines, key=lambda line: line.at),
        forms=_tables([row for row in rows if row.kind == "form"], legs),
    )


def _steps(rows: Sequence[Happened], legs: Mapping[UUID, Referral]) -> list[Line]:
    """The steps with what each changed against the one before."""
    found: list[Line] = []
    before: Mapping[str, Any] = {}
    leg: UUID | None = None
    for row, times in folded(rows, _rings):
        event, facts = Event(row.body["event"]), row.body["facts"]
        known = before if row.leg == leg else {}
        found.append(
            Line(
                at=row.at,
                kind="step",
                number=legs[row.leg].number,
                what=event.label,
                who=_who(row),
                text=told_words(event, row.body["words"], times),
                tone=TONES.get(event, ""),
                changes=_changes(known, facts),
            )
        )
        before, leg = facts, row.leg
    return found


def _rings(row: Happened) -> object:
    return row.leg if row.body["event"] == Event.ESCALATE else None


def _again(times: int) -> str:
    return ngettext("%(n)d time more", "%(n)d times more", times) % {"n": times} if times > 1 else ""


def _who(row: Happened) -> Text:
    if not row.who:
        return row.place or _("the platform")
    behalf = row.body.get("behalf", "")
    told = f" ({Behalf(behalf).label})" if behalf else ""
    return f"{row.who} {row.place}".strip() + told


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    if not before:
        return ()
    pairs = ((name, _read(name, before.get(name)), _read(name, after.get(name))) for name in FACTS)
    return tuple(Change(FACTS[name], old, new) for name, old, new in pairs if old != new)


def _read(name: str, value: Any) -> str:
    if name == "priority" and value:
        return str(Priority(value).label)
    return str(value[1] if isinstance(value, list) else value or "")


def _here(row: Happened, by: Actor) -> Happened:
    """What specialists were asked and said stays at the receiving side: the other one reads that it was."""
    if "home" not in row.body or UUID(row.body["home"]) in by.organisations:
        return row
    return replace(row, body={**row.body, "text": "", "says": ""})


ASIDES: Final = {"urgency": (Aside.PRIORITISED, "priority"), "day": (Aside.EXPECTED_MOVED, "expected")}
"""Changes beside the table, with the fact each changes."""


def _aside(row: Happened, number: str) -> Line:
    """A change of urgency or of the expected day."""
    aside, fact = ASIDES[row.kind]
    change = Change(FACTS[fact], _read(fact, row.body["before"]), _read(fact, row.body["after"]))
    return Line(row.at, "step", number, aside.label, _who(row), row.body["reason"], changes=(change,))


def _beside(row: Happened, number: str) -> Line:
    what, text = BESIDE[row.kind](row)
    return Line(row.at, row.kind, number, what, _who(row) if row.who or row.place else "", text)


def _sent(legs: Mapping[UUID, Referral]) -> list[Line]:
    """Notices to staff and messages to the patient, with how many were told and have read."""
    numbers = {f"referral:{pk}:": leg.number for pk, leg in legs.items()}
    lines = []
    sent = sorted(consortium.sent_under(list(numbers)), key=lambda one: one.at)
    for one, times in folded(sent, lambda one: None if one.to_patient else one.words):
        number = next(number for prefix, number in numbers.items() if one.key.startswith(prefix))
        what = MESSAGE if one.to_patient else NOTICE
        counted = _("%(told)d told, %(read)d have read") % {"told": one.told, "read": one.read}
        text = TextState(one.words).label if one.to_patient else f"{one.words} · {counted}"
        lines.append(Line(one.at, "sent", number, what, _("the platform"), f"{text} {_again(times)}".strip()))
    return lines


def _looks(leg: Referral, legs: Iterable[Referral]) -> list[Line]:
    """Openings of the record, and so of what went along, by people of the institutions of the episode."""
    sides = {place for one in legs for place in (one.source_id, one.target_id)}
    since = min(one.created_at for one in legs)
    rows = access.openings(patient_id=leg.patient_id, organisations=sides, since=since)
    names = consortium.names(row.actor_id for row in rows)
    opened = pgettext_lazy("history", "record opened")
    return [
        Line(row.opened_at, "look", leg.number, opened, names.get(row.actor_id or row.pk, row.actor_name),
             row.get_basis_display())
        for row in rows
    ]  # fmt: skip


def _tables(rows: Sequence[Happened], legs: Mapping[UUID, Referral]) -> list[FormTable]:
    by_leg: dict[UUID, list[Happened]] = {}
    for row in rows:
        by_leg.setdefault(row.leg, []).append(row)
    return [
        FormTable(legs[pk].number, [row.at for row in group], _form_rows(group))
        for pk, group in by_leg.items()
    ]


def _form_rows(group: Sequence[Happened]) -> list[FormRow]:
    rows = []
    for name, words in FIELDS.items():
        values = [_read(name, row.body["content"].get(name)) for row in group]
        if any(values):
            rows.append(FormRow(words, values, len(set(values)) > 1))
    return rows
