"""Everything of one referral on one page: every leg of its episode, what happened, what changed, what was sent, who
looked, what was said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from consortium.choices import TextState
from emr.access import selectors as access
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.errors import Text
from referral.choices import Aside, Event, Priority
from referral.models import Comment, FormVersion, HistoryEntry, Referral
from referral.policies import REFERRAL
from referral.selectors.asides import asides

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
    """One thing on the time line. `kind`: step, form, word, sent, look."""

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
    """The signed versions of one leg's form side by side."""

    number: str
    versions: list[FormVersion]
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

    Beside leg and card eight statements, whatever the number of legs: the episode, entries, what happened beside the
    table, forms, words, what was sent, who opened the record, and their names.
    """
    leg = REFERRAL.fetch(by, "view", referral_id)
    with connection.cursor() as cursor:
        cursor.execute(EPISODE, [leg.pk])
        family = [row[0] for row in cursor.fetchall()]
    seen = REFERRAL.rows(by, "view").filter(pk__in=family)
    entries = list(
        HistoryEntry.objects.filter(referral__in=seen)
        .select_related("referral", "staff", "organisation")
        .order_by("referral_id", "version")
    )
    legs = {entry.referral_id: entry.referral for entry in entries} | {leg.pk: leg}
    forms = list(FormVersion.objects.filter(referral__in=seen).order_by("referral_id", "version"))
    lines = [
        *_steps(entries),
        *_beside(legs),
        *_words(seen),
        *_sent(legs),
        *_looks(leg, legs.values()),
    ]
    return Chronicle(
        referral=leg,
        card=index.card(by=by, patient_id=leg.patient_id),
        legs=sorted(one.number for one in legs.values()),
        lines=sorted(lines, key=lambda line: line.at),
        forms=_tables(forms, legs),
    )


def _steps(entries: Sequence[HistoryEntry]) -> list[Line]:
    """The steps with what each changed against the one before."""
    found: list[Line] = []
    before: dict[str, Any] = {}
    leg: UUID | None = None
    for entry in entries:
        known = before if entry.referral_id == leg else {}
        found.append(
            Line(
                at=entry.happened_at,
                kind="step",
                number=entry.referral.number,
                what=Event(entry.event).label,
                who=_who(entry),
                text=entry.words,
                tone=TONES.get(Event(entry.event), ""),
                changes=_changes(known, entry.facts),
            )
        )
        before, leg = entry.facts, entry.referral_id
    return found


def _beside(legs: Mapping[UUID, Referral]) -> list[Line]:
    """Changes of urgency and of the expected day."""
    name = {Aside.PRIORITISED: "priority", Aside.EXPECTED_MOVED: "expected"}
    return [
        Line(
            one.at, "step", legs[one.referral_id].number, one.what.label, one.who, one.reason,
            changes=(Change(FACTS[name[one.what]], one.before, one.after),),
        )
        for one in asides(legs)
    ]  # fmt: skip


def _who(entry: HistoryEntry) -> Text:
    if entry.staff is None:
        return entry.organisation.short_name if entry.organisation else _("the platform")
    place = f" {entry.organisation.short_name}" if entry.organisation else ""
    behalf = f" ({entry.get_behalf_display()})" if entry.behalf else ""
    return f"{entry.staff.name}{place}{behalf}"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    if not before:
        return ()
    pairs = ((name, _read(name, before.get(name)), _read(name, after.get(name))) for name in FACTS)
    return tuple(Change(FACTS[name], old, new) for name, old, new in pairs if old != new)


def _read(name: str, value: Any) -> str:
    if name == "priority" and value:
        return str(Priority(value).label)
    return str(value[1] if isinstance(value, list) else value or "")


def _words(seen: Any) -> list[Line]:
    rows = Comment.objects.filter(referral__in=seen).select_related("referral", "staff", "organisation")
    return [
        Line(
            row.written_at, "word", row.referral.number, pgettext_lazy("history", "said"),
            f"{row.staff.name} {row.organisation.short_name}", row.text,
        )
        for row in rows.order_by("written_at", "pk")
    ]  # fmt: skip


def _sent(legs: Mapping[UUID, Referral]) -> list[Line]:
    """Notices to staff and messages to the patient, with how many were told and have read."""
    numbers = {f"referral:{pk}:": leg.number for pk, leg in legs.items()}
    lines = []
    for one in consortium.sent_under(list(numbers)):
        number = next(number for prefix, number in numbers.items() if one.key.startswith(prefix))
        what = MESSAGE if one.to_patient else NOTICE
        counted = _("%(told)d told, %(read)d have read") % {"told": one.told, "read": one.read}
        text = TextState(one.words).label if one.to_patient else f"{one.words} · {counted}"
        lines.append(Line(one.at, "sent", number, what, _("the platform"), str(text)))
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


def _tables(forms: Sequence[FormVersion], legs: Mapping[UUID, Referral]) -> list[FormTable]:
    by_leg: dict[UUID, list[FormVersion]] = {}
    for form in forms:
        by_leg.setdefault(form.referral_id, []).append(form)
    return [FormTable(legs[pk].number, group, _form_rows(group)) for pk, group in by_leg.items()]


def _form_rows(group: Sequence[FormVersion]) -> list[FormRow]:
    rows = []
    for name, words in FIELDS.items():
        values = [_read(name, form.content.get(name)) for form in group]
        if any(values):
            rows.append(FormRow(words, values, len(set(values)) > 1))
    return rows
