"""Ten seconds on one patient: problems, medicines, visits, trends, what happened in the whole county."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from emr.chart import fhir
from emr.chart.choices import VITALS, Certainty, EncounterKind, Vital
from emr.chart.engine import reading, trends
from emr.chart.selectors.medicines import Medicine, medicines_of
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.errors import Text

KINDS: Final = (
    "Encounter", "Condition", "MedicationStatement", "MedicationRequest", "Observation", "DiagnosticReport",
    "Procedure",
)  # fmt: skip
ENDED: Final = frozenset({"inactive", "remission", "resolved"})
WRONG: Final = frozenset({"refuted", "entered-in-error"})
AT_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnosis as it stands today. `code` "" = the doctor's own words, to be coded."""

    id: str
    patient_id: str
    text: str
    code: str
    at: datetime | None
    organisation: str
    certainty: str
    certainty_text: Text
    ended: bool


@dataclass(frozen=True, slots=True)
class EncounterLine:
    """One visit in a list; `organisation_id` and `doctor_id` as far as the resource names them."""

    id: str
    patient_id: str
    at: datetime | None
    kind: str
    kind_text: Text
    organisation: str
    doctor: str
    complaint: str
    diagnoses: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A vital sign: newest and last value, arrow when outside the usual, line of all values."""

    label: Text
    unit: str
    latest: float
    arrow: str
    previous: float | None
    usual: str
    at: datetime
    spark: trends.Spark
    spoken: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline, in the shape of ui/timeline.html."""

    at: datetime
    what: Text
    text: str
    tone: str
    kind: str
    url: str = ""
    link: Text = ""


@dataclass(frozen=True, slots=True)
class Summary:
    problems: tuple[Problem, ...]
    medicines: tuple[Medicine, ...]
    encounters: tuple[EncounterLine, ...]
    trends: tuple[Trend, ...]
    happenings: tuple[Happening, ...]

    @property
    def uncoded(self) -> int:
        """Diagnoses in own words that wait for their code."""
        return sum(not problem.code for problem in self.problems)


def summary(*, by: Actor, patient_id: UUID) -> Summary:
    """What the county knows of this person, as far as it is open to the actor; one statement per kind."""
    told = repository.of_patient_kinds(by=by, patient_id=patient_id, kinds=KINDS, limit=AT_MOST)
    visits = tuple(_encounter(one) for one in told["Encounter"])
    places = {visit.id: visit.organisation for visit in visits}
    return Summary(
        problems=_problems(told["Condition"], places),
        medicines=medicines_of(by, told, places),
        encounters=visits,
        trends=_trends(told["Observation"]),
        happenings=_happenings(visits, told),
    )


def encounters(*, by: Actor, patient_id: UUID) -> list[EncounterLine]:
    """Visits of this person at all hospitals, newest first, as far as they are open to the actor."""
    found = repository.of_patient(by=by, patient_id=patient_id, kind="Encounter", limit=AT_MOST)
    return [_encounter(one) for one in found]


def _encounter(resource: Mapping[str, Any]) -> EncounterLine:
    kind = str((resource.get("class") or {}).get("code") or "")
    who = (resource.get("participant") or [{}])[0].get("individual")
    words = dict(EncounterKind.choices)
    return EncounterLine(
        id=str(resource["id"]),
        patient_id=reading.key_of(resource.get("subject")),
        at=reading.moment((resource.get("period") or {}).get("start")),
        kind=kind,
        kind_text=words.get(kind, _("visit")),
        organisation=reading.display(resource.get("serviceProvider")),
        doctor=reading.display(who),
        complaint=reading.words((resource.get("reasonCode") or [{}])[0]),
        diagnoses=tuple(reading.display(one.get("condition")) for one in resource.get("diagnosis") or []),
        url=reverse("emr:encounter", args=[resource["id"]]),
    )


def _problems(conditions: Sequence[Mapping[str, Any]], places: Mapping[str, str]) -> tuple[Problem, ...]:
    """The newest statement of each diagnosis; running ones first."""
    certainties = dict(Certainty.choices)
    rows = []
    for one in conditions:
        certainty = reading.code(one.get("verificationStatus"))
        if certainty in WRONG:
            continue
        code = reading.code(one.get("code"), fhir.ICD10)
        text = reading.words(one.get("code"))
        place = places.get(reading.key_of(one.get("encounter")), "")
        at = reading.moment(one.get("recordedDate") or one.get("onsetDateTime"))
        ended = reading.code(one.get("clinicalStatus")) in ENDED
        problem = Problem(
            str(one["id"]), reading.key_of(one.get("subject")), text, code, at, place, certainty,
            certainties.get(certainty, ""), ended,
        )  # fmt: skip
        rows.append((code or text, problem))
    return tuple(sorted(reading.first_seen(rows).values(), key=lambda problem: problem.ended))


def _trends(observations: Sequence[Mapping[str, Any]]) -> tuple[Trend, ...]:
    """Vital signs that were measured, in the order of the form."""
    by_code: dict[str, list[tuple[datetime, float]]] = {}
    for one in observations:
        at = reading.moment(one.get("effectiveDateTime"))
        for part in [one, *(one.get("component") or [])]:
            value = reading.quantity(part)
            if at is not None and value is not None:
                by_code.setdefault(reading.code(part.get("code"), fhir.LOINC), []).append((at, value))
    return tuple(_trend(vital, by_code[vital.code]) for vital in VITALS.values() if vital.code in by_code)


def _trend(vital: Vital, values: list[tuple[datetime, float]]) -> Trend:
    values.sort(key=lambda one: one[0], reverse=True)  # stable: of one moment the last recorded stays first
    at, latest = values[0]
    usual = (float(vital.normal[0]), float(vital.normal[1])) if vital.normal else None
    arrow = ""
    if usual:
        arrow = "↓" if latest < usual[0] else "↑" if latest > usual[1] else ""
    spoken = " ".join(f"{value:g}" for _at, value in reversed(values))
    band = f"{usual[0]:g}–{usual[1]:g}" if usual else ""
    previous = values[1][1] if len(values) > 1 else None
    return Trend(
        vital.label, vital.shown, latest, arrow, previous, band, at, trends.spark(values, usual), spoken
    )


def _happenings(
    visits: Sequence[EncounterLine], told: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Happening, ...]:
    """All that happened, newest first."""
    found = [_visit(one) for one in visits]
    for one in told["DiagnosticReport"]:
        at = reading.moment(one.get("effectiveDateTime") or one.get("issued"))
        text = str(one.get("conclusion") or "")
        found.append(
            (at, _("report %(name)s") % {"name": reading.words(one.get("code"))}, text, "good", "exam", "")
        )
    for one in told["Procedure"]:
        at = reading.moment(one.get("performedDateTime") or (one.get("performedPeriod") or {}).get("start"))
        found.append((at, reading.words(one.get("code")), "", "", "visit", ""))
    dated = [
        Happening(at, what, text, tone, kind, url, _("read the note") if url else "")
        for at, what, text, tone, kind, url in found
        if at is not None
    ]
    return tuple(sorted(dated, key=lambda one: one.at, reverse=True))


def _visit(visit: EncounterLine) -> tuple[datetime | None, Text, str, str, str, str]:
    what = "、".join(visit.diagnoses)
    text = " ".join(part for part in (visit.organisation, visit.doctor) if part)
    text = f"{text}：{visit.complaint}" if visit.complaint else text
    return visit.at, visit.kind_text, f"{text} · {what}" if what else text, "up", "visit", visit.url
