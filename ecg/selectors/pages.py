"""What the reading page and the page of an unmatched recording show beside the report."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from diagnostics import selectors as diagnostics
from diagnostics.choices import MODALITIES, Group
from diagnostics.selectors import Reading
from ecg.choices import ALERTS, FLAGS, MEASUREMENTS
from ecg.engine import compact, identity, rules, strip
from ecg.models import Recording, TriageRules
from ecg.policies import RECORDING
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import crypto
from kernel.actor import Actor
from kernel.errors import Text

ECG = MODALITIES[Group.ECG]
ELSEWHERE = _("This recording belongs to another request already.")


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: ours, the cart's, the last recording's, and the change since."""

    name: Text
    unit: Text
    ours: int | None
    cart: int | None
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.ours is None or self.before is None else self.ours - self.before


@dataclass(frozen=True, slots=True)
class Warning:
    """An alert in words."""

    code: str
    text: str
    critical: bool
    rule_version: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One recording ready to be drawn and read."""

    recording: Recording
    frame: strip.Frame
    rows: Sequence[Row]
    warnings: Sequence[Warning]
    flags: Sequence[str]
    statements: Sequence[str]
    place: str

    @property
    def critical(self) -> bool:
        return any(warning.critical for warning in self.warnings)


@dataclass(frozen=True, slots=True)
class SaidOf:
    """What the file says about the person, as the cart wrote it."""

    patient_name: str
    patient_id: str
    sex: str
    birth_date: str

    @property
    def name(self) -> str:
        return identity.readable(self.patient_name)


@dataclass(frozen=True, slots=True)
class EcgPage:
    """The reading page: the case of diagnostics, the recording, the one before."""

    reading: Reading
    shown: Shown | None
    others: Sequence[Recording]
    previous: Recording | None
    said: SaidOf | None = None
    other: frozenset[str] = frozenset()
    may_take_back: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request (a row of diagnostics) the recording might belong to, with the words of the file that disagree."""

    request: Any
    card: PatientCard
    other: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnmatchedPage:
    """A recording nobody knows the patient of, and whose it might be. `number`: what was asked for."""

    shown: Shown
    said: SaidOf
    chosen: Candidate | None
    candidates: Sequence[Candidate]
    number: str


def thresholds() -> rules.Thresholds:
    """The newest version of the consortium's numbers, or the house's own."""
    row = TriageRules.objects.order_by("-made_at", "-pk").first()
    return rules.thresholds({"version": row.version, **row.thresholds}) if row else rules.DEFAULT


def recording_of(*, by: Actor, request_id: UUID) -> list[Recording]:
    """The recordings of one request, newest first."""
    return list(RECORDING.rows(by, "view").filter(request=request_id).order_by("-received_at", "-pk"))


def page(*, by: Actor, reading: Reading) -> EcgPage:
    """Everything about the recording of an opened case. Its withdrawn recordings stand last."""
    valid = {material.ref for material in reading.materials}
    found = sorted(recording_of(by=by, request_id=reading.request.pk), key=lambda row: row.pk not in valid)
    if not found:
        return EcgPage(reading, None, (), None)
    newest = found[0]
    earlier = RECORDING.rows(by, "view").filter(patient=newest.patient_id, received_at__lt=newest.received_at)
    previous = earlier.exclude(request=newest.request_id).order_by("-received_at", "-pk").first()
    may_take_back = RECORDING.rows(by, "take_back").filter(pk=newest.pk).exists()
    said = said_of(newest)
    other = differing(said, reading.card)
    return EcgPage(reading, shown(newest, previous), found[1:], previous, said, other, may_take_back)


def shown(recording: Recording, previous: Recording | None = None) -> Shown:
    leads, samples, lsb, rate = compact.unpack(bytes(recording.samples))
    return Shown(
        recording=recording,
        frame=strip.frame(leads=leads, samples=samples, lsb=lsb, rate=rate),
        rows=rows(recording, previous),
        warnings=warnings(recording),
        flags=flags(recording),
        statements=recording.device.get("statements", ()),
        place=consortium.organisation_name(recording.organisation_id),
    )


def rows(recording: Recording, previous: Recording | None) -> list[Row]:
    """The measurement table: ours first; the cart's numbers only where the file had them."""
    cart = recording.device.get("measurements", {})
    before = previous.measured if previous else {}
    return [
        Row(name, unit, recording.measured.get(key), whole(cart.get(theirs)), before.get(key))
        for key, name, unit, theirs in MEASUREMENTS
    ]


def whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def warnings(recording: Recording) -> list[Warning]:
    """Alerts in the reader's words, critical ones first as stored."""
    return [
        Warning(alert["code"], str(ALERTS[alert["code"]]) % alert, alert["critical"], alert["rule_version"])
        for alert in recording.alerts
    ]


def flags(recording: Recording) -> list[str]:
    """Signal flags in words, leads of one fault together: `electrode off V1 V2`."""
    together: dict[str, list[str]] = {}
    for flag in recording.measured.get("flags", ()):
        code, _colon, lead = flag.partition(":")
        together.setdefault(code, []).append(lead)
    return [" ".join([str(FLAGS[code]), *leads]).strip() for code, leads in together.items()]


def unmatched(*, by: Actor) -> list[Recording]:
    """Recordings without a request, critical ones first, then the longest waiting."""
    rows_ = RECORDING.rows(by, "match").filter(request__isnull=True).select_related("organisation")
    return list(rows_.order_by("-queue", "received_at", "pk")[:100])


def unmatched_page(*, by: Actor, recording: Recording, number: str = "") -> UnmatchedPage:
    """The recording with what its file says, the requests it might belong to, and the one of `number` beside it.

    Opened and audited by `services.open_unmatched`.
    """
    said = said_of(recording)
    named = diagnostics.by_accession(by=by, accession_number=number) if number else None
    waiting = diagnostics.scheduled(by=by, modalities=ECG, organisation=recording.organisation_id)
    asked = [named] if named and named.modality in ECG else []
    chosen = next(iter(_candidates(by, said, asked)), None)
    offered = sorted(_candidates(by, said, waiting), key=lambda one: len(one.other))
    return UnmatchedPage(shown(recording), said, chosen, offered, number)


def _candidates(by: Actor, said: SaidOf, requests: Sequence[Any]) -> list[Candidate]:
    cards = index.cards(by=by, patient_ids=[one.patient_id for one in requests])
    return [
        Candidate(one, cards[one.patient_id], differing(said, cards[one.patient_id]))
        for one in requests
        if one.patient_id in cards
    ]


def said_of(recording: Recording) -> SaidOf:
    """What the file says about the person."""
    said = json.loads(crypto.unseal("ecg_recording.said", recording.pk, bytes(recording.said_sealed)))
    return SaidOf(said["patient_name"], said["patient_id"], said["sex"], said["birth_date"])


def differing(said: SaidOf, card: PatientCard) -> frozenset[str]:
    """Which words of the file disagree with the record."""
    return identity.differences(asdict(said), name=card.name, birth_date=card.birth_date, sex=card.sex)


def told_apart(*, by: Actor, recording: Recording) -> bool:
    """Whether the file names another person than the request it was given to."""
    if recording.patient_id is None:
        return False
    return bool(differing(said_of(recording), index.card(by=by, patient_id=recording.patient_id)))


def moment(recording: Recording) -> datetime:
    return recording.recorded_at or recording.received_at
