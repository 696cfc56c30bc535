"""What the reading page and the page of an unmatched recording show beside the report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from diagnostics.selectors import Reading
from ecg.choices import ALERTS, FLAGS, MEASUREMENTS
from ecg.engine import compact, rules, strip
from ecg.models import Recording, TriageRules
from ecg.policies import RECORDING
from kernel import crypto
from kernel.actor import Actor
from kernel.errors import Text

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
class EcgPage:
    """The reading page: the case of diagnostics, the recording, the one before."""

    reading: Reading
    shown: Shown | None
    others: Sequence[Recording]
    previous: Recording | None
    may_take_back: bool = False


@dataclass(frozen=True, slots=True)
class UnmatchedPage:
    """A recording nobody knows the patient of."""

    shown: Shown
    patient_name: str
    patient_id: str
    sex: str
    birth_date: str


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
    return EcgPage(reading, shown(newest, previous), found[1:], previous, may_take_back)


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


def unmatched_page(*, by: Actor, recording: Recording) -> UnmatchedPage:
    """The recording with what its file says; opened and audited by `services.open_unmatched`."""
    said = json.loads(crypto.unseal("ecg_recording.said", recording.pk, bytes(recording.said_sealed)))
    name = _read(said["patient_name"])
    return UnmatchedPage(shown(recording), name, said["patient_id"], said["sex"], said["birth_date"])


def _read(written: str) -> str:
    """A DICOM name (letters=hanzi=sound, parts divided by ^) as people read it: the hanzi where there are any."""
    letters, _equals, rest = written.partition("=")
    hanzi = rest.partition("=")[0].replace("^", "")
    return hanzi or letters.replace("^", " ").strip()


def moment(recording: Recording) -> datetime:
    return recording.recorded_at or recording.received_at
