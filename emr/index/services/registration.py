"""A patient is registered: person found or made, hospital record made, Patient resource published."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.index import events, vault
from emr.index.choices import ChangeKind, IdKind
from emr.index.engine import names
from emr.index.models import Patient, Person, PersonChange
from emr.index.policies import PATIENT
from emr.index.selectors.checks import mother_of
from emr.index.selectors.facts import facts_of
from emr.index.services.particulars import Particulars, checked
from emr.index.services.publishing import publish_patient
from kernel import audit, clock, idempotency, ids, outbox
from kernel.actor import Actor
from kernel.database import prepared, rows
from kernel.database.joining import joined
from kernel.errors import Conflict, Invalid, OutOfReach


@transaction.atomic
def register(
    *,
    by: Actor,
    key: str,
    name: str,
    sex: str,
    birth_date: date | None = None,
    id_kind: str = IdKind.RESIDENT,
    id_number: str = "",
    phone: str = "",
    address: str = "",
    no_id_reason: str = "",
    unidentified: bool = False,
    mother_id: UUID | None = None,
    mother_id_number: str = "",
    confirm_name: bool = False,
    reason: str = "",
    local_number: str = "",
    organisation_id: UUID | None = None,
) -> Patient:
    """Register a patient with the actor's institution; who is there already is answered, not doubled.

    The same document is the same person, whichever hospital registers. Raises Invalid (422) for a wrong number
    or missing field, Conflict (409, code "name_differs") when the document belongs to somebody of another name:
    `confirm_name` with a `reason` then keeps both names.
    """
    place = _desk(by, organisation_id)
    pk = ids.uuid7()
    if earlier := _earlier(by, key, pk):
        return earlier
    mother_id = mother_id or (mother_of(by=by, id_number=mother_id_number) if mother_id_number else None)
    mother = Patient.objects.select_related("person").filter(pk=mother_id).first() if mother_id else None
    said = checked(
        Particulars(
            name=name,
            sex=sex,
            birth_date=birth_date,
            id_kind=id_kind,
            id_number=id_number,
            no_id_reason=no_id_reason,
            phone=phone,
            address=address,
            unidentified=unidentified,
            mother_person_id=mother.person_id if mother else None,
        )
    )
    person = _person(said)
    other_name = _other_name(person, said, confirm_name, reason)
    known = Patient.objects.filter(person=person, organisation=place).order_by("pk").first()
    if known is not None:
        return _known(by, known, other_name, reason)
    patient = _new_record(by, pk, person, place, local_number, other_name)
    if other_name:
        _keep_change(by, patient, ChangeKind.NAME_CONFIRMED, reason)
    _finish(by, patient, mother)
    return patient


@joined
def enrol(*, by: Actor, key: str, person_id: UUID) -> Patient:
    """This institution's own record of a person who is known already; the one it has when it has one."""
    place = _desk(by, None)
    pk = ids.uuid7()
    done = idempotency.first(by=by, verb="emr.enrol", key=key, subject=pk)
    person = rows.first(Person, "id = %s FOR UPDATE", [person_id])
    if person is None:
        raise OutOfReach(detail={"model": "emr.person", "pk": str(person_id)})
    known = rows.first(
        Patient, "person_id = %s AND organisation_id = %s ORDER BY id LIMIT 1", [person_id, place]
    )
    if known is not None:
        known.person = person
        return _known(by, known, "", "")
    if done is not None:
        raise Conflict(code="key_reused")
    patient = _new_record(by, pk, person, place, "", "")
    _finish(by, patient, None)
    return patient


def _earlier(by: Actor, key: str, pk: UUID) -> Patient | None:
    """The record this order made before; None the first time, and where it found one standing: that is found again."""
    done = idempotency.first(by=by, verb="emr.register", key=key, subject=pk)
    return Patient.objects.select_related("person").filter(pk=done).first() if done else None


def _desk(by: Actor, organisation_id: UUID | None) -> UUID:
    """The institution that registers: the named one, else the actor's. Raises Refused when she has none."""
    PATIENT.ask(by, "register")
    return organisation_id or by.place


def _person(said: Particulars) -> Person:
    """The person of this document, locked; a new one where there is none. Two desks at once get one person."""
    row = new_person(said)
    if row.id_key is None:
        row.save(force_insert=True)
        return row
    Person.objects.bulk_create([row], ignore_conflicts=True)
    found = Person.objects.select_for_update().get(id_key=row.id_key)
    return found if found.pk == row.pk else _merged_into(found)


def _merged_into(person: Person) -> Person:
    """The person to whom this one's records were merged, or itself."""
    if person.patients.exists():
        return person
    moved = (
        PersonChange.objects.filter(from_person=person, kind=ChangeKind.MERGED)
        .select_related("to_person")
        .order_by("-changed_at", "-pk")
        .first()
    )
    return moved.to_person if moved else person


def new_person(said: Particulars) -> Person:
    """An unsaved Person with everything that identifies sealed."""
    pk = ids.uuid7()
    with_id = said.id_kind != IdKind.NONE
    return Person(
        id=pk,
        name_sealed=vault.seal_name(pk, said.name),
        name_key=vault.name_key(said.name),
        sex=said.sex,
        birth_date=said.birth_date,
        id_kind=said.id_kind,
        id_sealed=vault.seal_id_number(pk, said.id_number) if with_id else None,
        id_key=vault.id_key(said.id_kind, said.id_number) if with_id else None,
        no_id_reason=said.no_id_reason,
        phone_sealed=vault.seal_phone(pk, said.phone) if said.phone else None,
        phone_key=vault.phone_key(said.phone) if said.phone else None,
        address_sealed=vault.seal_address(pk, said.address) if said.address else None,
        mother_id=said.mother_person_id,
        unidentified=said.unidentified,
        created_at=clock.now(),
    )


def _other_name(person: Person, said: Particulars, confirmed: bool, reason: str) -> str:
    """The name that stands beside the official one, "" when they agree. Raises Conflict until confirmed."""
    official = vault.name_of(person)
    if names.normal(official) == names.normal(said.name):
        return ""
    if not confirmed:
        raise Conflict(
            _("This document belongs to somebody with another name. Compare the card with the person."),
            code="name_differs",
            detail={"registered_name": names.masked(official)},
        )
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why the names differ.")})
    return said.name


def _known(by: Actor, patient: Patient, other_name: str, reason: str) -> Patient:
    """The hospital has this person already: keep a newly confirmed name, else change nothing."""
    if other_name and vault.other_name_of(patient) != other_name:
        patient.other_name_sealed = vault.seal_other_name(patient.pk, other_name)
        patient.tokens = vault.tokens(patient.organisation_id, (vault.name_of(patient.person), other_name))
        patient.version += 1
        patient.save(update_fields=["other_name_sealed", "tokens", "version"])
        _keep_change(by, patient, ChangeKind.NAME_CONFIRMED, reason)
        publish_patient(by=by, facts=facts_of(patient))
    audit.record(by=by, action="emr.patient_registered_again", subject=patient, patient=patient.pk)
    outbox.emit(
        events.PatientRegisteredAgain(
            patient_id=str(patient.pk), organisation_id=str(patient.organisation_id)
        )
    )
    return patient


def _new_record(
    by: Actor, pk: UUID, person: Person, place: UUID, local_number: str, other_name: str
) -> Patient:
    now = clock.now()
    patient = Patient(
        id=pk,
        person=person,
        organisation_id=place,
        local_number=local_number or next_number(place),
        other_name_sealed=vault.seal_other_name(pk, other_name) if other_name else None,
        tokens=vault.tokens(place, (vault.name_of(person), other_name)),
        registered_at=now,
        registered_by=by.name,
        last_seen_at=now,
        last_seen_by_id=by.id,
    )
    rows.insert(patient)
    return patient


def next_number(organisation_id: UUID) -> str:
    """The hospital's next patient number: eight digits, rising."""
    with prepared.cursor() as cursor:
        cursor.execute(
            """INSERT INTO emr_localnumber (organisation_id, last) VALUES (%s, 1)
               ON CONFLICT (organisation_id) DO UPDATE SET last = emr_localnumber.last + 1 RETURNING last""",
            [organisation_id],
        )
        last: int = cursor.fetchone()[0]
    return f"{last:08d}"


def _keep_change(by: Actor, patient: Patient, kind: ChangeKind, reason: str) -> None:
    PersonChange.objects.create(
        patient=patient,
        kind=kind,
        from_person_id=patient.person_id,
        to_person_id=patient.person_id,
        reason=reason.strip(),
        changed_at=clock.now(),
        changed_by=by.name,
    )


def _finish(by: Actor, patient: Patient, mother: Patient | None) -> None:
    publish_patient(by=by, facts=facts_of(patient, mother_id=mother.pk if mother else None), new=True)
    detail = {"organisation": str(patient.organisation_id), "id_kind": patient.person.id_kind}
    audit.record(by=by, action="emr.patient_registered", subject=patient, patient=patient.pk, detail=detail)
    outbox.emit(
        events.PatientRegistered(patient_id=str(patient.pk), organisation_id=str(patient.organisation_id))
    )
