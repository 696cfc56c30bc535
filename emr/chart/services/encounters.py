"""A doctor records an encounter: one verb, one set of resources, one open ground."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.access import selectors as access_selectors
from emr.access import services as access
from emr.access.choices import Basis
from emr.chart import events, fhir
from emr.chart.choices import ENCOUNTER_OPENS, VITALS, Certainty, EncounterKind
from emr.chart.policies import CHART
from emr.index import services as index
from emr.index.models import Patient
from emr.repository import services as repository
from emr.terminology import selectors as terminology
from emr.terminology.choices import System
from kernel import audit, clock, idempotency, ids, labels, outbox
from kernel.actor import Actor
from kernel.database.joining import joined
from kernel.errors import Conflict, Invalid, Text

OWNER = "chart"

Diagnoses = Sequence[tuple[str | None, str, str]]


@joined
def record_encounter(
    *,
    by: Actor,
    key: str,
    patient_id: UUID,
    complaint: str,
    diagnoses: Diagnoses,
    kind: str = EncounterKind.AMBULATORY,
    history: str = "",
    plan: str = "",
    vitals: Mapping[str, Decimal] | None = None,
    allergies: Sequence[str] | None = None,
    medicines: Sequence[tuple[str, str]] = (),
    at: datetime | None = None,
    based_on: str = "",
    codes_stand: bool = False,
) -> str:
    """Record and sign an encounter in the actor's own hospital's record; answers the Encounter's id.

    `diagnoses`: (ICD-10 code or None, words, certainty); without a code the words stand and are coded later.
    `codes_stand`: a colleague elsewhere gave the codes, they are kept as given, also outside of our catalogue.
    `allergies`: None = nothing new, empty = asked, none known. `vitals` by the names of `VITALS`. Opens the
    person's records of other hospitals to this hospital for 30 days. Raises Invalid (422), Conflict (409) for the
    dead.
    """
    patient = CHART.fetch(by, "write", patient_id)
    pk = ids.uuid7()
    if done := idempotency.first(by=by, verb="emr.encounter", key=key, subject=pk):
        return str(done)
    note = fhir.Note(
        id=pk,
        patient_id=patient.pk,
        organisation_id=patient.organisation_id,
        organisation=consortium.organisation_name(patient.organisation_id),
        doctor_id=by.id,
        doctor=by.display or by.name,
        kind=kind,
        at=(at or clock.now()).astimezone(clock.COUNTY).replace(microsecond=0),
        complaint=complaint.strip(),
        history=history.strip(),
        plan=plan.strip(),
        vitals=dict(vitals or {}),
        diagnoses=_diagnoses(diagnoses, codes_stand=codes_stand),
        allergies=None if allergies is None else [text.strip() for text in allergies if text.strip()],
        medicines=[(name.strip(), how.strip()) for name, how in medicines if name.strip()],
        based_on=based_on,
    )
    _check(note, patient.person.deceased_at)
    repository.publish(by=by, owner=OWNER, resources=outgoing(note))
    _open(by, patient, note)
    _announce(by, note)
    return str(pk)


def _diagnoses(said: Diagnoses, *, codes_stand: bool) -> list[fhir.Diagnosis]:
    """Diagnoses with the catalogue's names. Raises Invalid for a code it does not hold, unless codes stand as given."""
    names = terminology.displays(System.ICD10, [code for code, _words, _certainty in said if code])
    found, rules = [], access_selectors.rules()
    for code, words, certainty in said:
        if code and code not in names and not codes_stand:
            raise Invalid(fields={"diagnosis": _("%(code)s is not in the catalogue.") % {"code": code}})
        if certainty not in Certainty.values:
            raise Invalid(fields={"diagnosis": _("Say how certain the diagnosis is.")})
        text = words.strip() or names.get(code or "", "")
        if text:
            label, categories = rules.of_code(code or "", text)
            diagnosis = fhir.Diagnosis(
                ids.uuid7(), code or "", text, certainty, max(label, labels.CARE), categories
            )
            found.append(diagnosis)
    return found


def _check(note: fhir.Note, deceased_at: datetime | None) -> None:
    if deceased_at and note.at > deceased_at:
        raise Conflict(_("The patient has died; only earlier encounters can be recorded."), code="deceased")
    wrong = _wrong_vitals(note.vitals)
    if not note.complaint:
        wrong["complaint"] = _("Write what the patient comes for.")
    if not note.diagnoses:
        wrong["diagnosis"] = _("Name at least one diagnosis, or write it in your own words.")
    if note.kind not in EncounterKind.values:
        wrong["kind"] = _("Choose the kind of visit.")
    if note.at > clock.now():
        wrong["at"] = _("This moment lies ahead.")
    if wrong:
        raise Invalid(fields=wrong)


def _wrong_vitals(vitals: Mapping[str, Decimal]) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    for name, value in vitals.items():
        vital = VITALS[name]
        if not vital.low <= value <= vital.high:
            bounds = {"low": vital.low, "high": vital.high, "unit": vital.shown}
            wrong[name] = _("Between %(low)s and %(high)s %(unit)s.") % bounds
    systolic, diastolic = vitals.get("systolic"), vitals.get("diastolic")
    if systolic and diastolic and systolic <= diastolic:
        wrong["diastolic"] = _("The diastolic pressure is below the systolic one.")
    return wrong


def outgoing(note: fhir.Note) -> list[repository.Outgoing]:
    """All resources of the note. What refers to a sensitive diagnosis carries its label."""
    highest = labels.highest(one.label for one in note.diagnoses)
    categories = tuple(sorted({name for one in note.diagnoses for name in one.categories}))
    conditions = [fhir.condition(note, one) for one in note.diagnoses]
    parts = {
        "observations": fhir.observations(note, ids.uuid7),
        "conditions": conditions,
        "allergies": fhir.allergies(note, ids.uuid7),
        "medications": fhir.medications(note, ids.uuid7),
    }
    plain = [fhir.encounter(note), *parts["observations"], *parts["allergies"]]
    telling = [fhir.composition(note, ids.uuid7(), parts), *parts["medications"]]
    return [
        *(_out(note, resource, labels.CARE, ()) for resource in plain),
        *(
            _out(note, resource, one.label, one.categories)
            for resource, one in zip(conditions, note.diagnoses, strict=True)
        ),
        *(_out(note, resource, highest, categories) for resource in telling),
    ]


def _out(
    note: fhir.Note, resource: fhir.Resource, label: int, categories: tuple[str, ...]
) -> repository.Outgoing:
    return repository.Outgoing(
        resource=resource,
        patient=note.patient_id,
        label=label,
        categories=categories,
        custodian=note.organisation_id,
    )


def _open(by: Actor, patient: Patient, note: fhir.Note) -> None:
    """The encounter is a reason to read what other hospitals know of this person; she was seen today."""
    until = note.at + ENCOUNTER_OPENS
    if until > clock.now():
        ground = {"organisation_id": patient.organisation_id, "basis": Basis.ENCOUNTER, "until": until}
        access.open_grounds(by=by, patient_id=patient.pk, grounds={f"encounter:{note.id}": ground})
    index.seen(by=by, patient_id=patient.pk, at=note.at)


def _announce(by: Actor, note: fhir.Note) -> None:
    detail = {"encounter": str(note.id)}
    audit.record(by=by, action="emr.encounter_recorded", patient=note.patient_id, detail=detail)
    outbox.emit(
        events.EncounterRecorded(
            encounter_id=str(note.id),
            patient_id=str(note.patient_id),
            organisation_id=str(note.organisation_id),
        )
    )
