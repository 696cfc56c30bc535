"""Corrections, death, and the last visit."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.index import events, vault
from emr.index.choices import ChangeKind, IdKind
from emr.index.models import Patient, Person
from emr.index.policies import PATIENT
from emr.index.selectors.facts import facts_of
from emr.index.services.merging import keep
from emr.index.services.particulars import Particulars, checked
from emr.index.services.publishing import publish_patient
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid


@transaction.atomic
def correct(
    *,
    by: Actor,
    patient_id: UUID,
    version: int,
    name: str,
    sex: str,
    birth_date: date | None,
    id_kind: str,
    id_number: str,
    phone: str,
    address: str,
    no_id_reason: str = "",
    unidentified: bool = False,
) -> Patient:
    """Correct who a person is, in every hospital's record of her. `version` is the record's that was seen.

    Raises Invalid (422), or Conflict (409, code "document_taken") when the document belongs to another person:
    then the two are to be merged, not overwritten.
    """
    patient = PATIENT.fetch(by, "correct", patient_id, lock=True)
    if patient.version != version:
        raise Conflict(code="version_conflict")
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
            mother_person_id=patient.person.mother_id,
        )
    )
    person = Person.objects.select_for_update().get(pk=patient.person_id)
    _overwrite(person, said)
    for row in Patient.objects.select_for_update().filter(person=person).order_by("pk"):
        row.person = person
        row.tokens = vault.tokens(row.organisation_id, (said.name, vault.other_name_of(row)))
        row.version += 1
        row.save(update_fields=["tokens", "version"])
        publish_patient(by=by, facts=facts_of(row))
    keep(by, patient, ChangeKind.CORRECTED, person.pk, person.pk, _("corrected"))
    audit.record(by=by, action="emr.patient_corrected", subject=patient, patient=patient.pk)
    return Patient.objects.select_related("person").get(pk=patient.pk)


def _overwrite(person: Person, said: Particulars) -> None:
    key = vault.id_key(said.id_kind, said.id_number) if said.id_kind != IdKind.NONE else None
    if key and Person.objects.filter(id_key=key).exclude(pk=person.pk).exists():
        raise Conflict(
            _("Another person has this document. Ask medical affairs to merge the two records."),
            code="document_taken",
        )
    person.name_sealed, person.name_key = vault.seal_name(person.pk, said.name), vault.name_key(said.name)
    person.sex, person.birth_date, person.unidentified = said.sex, said.birth_date, said.unidentified
    person.id_kind, person.no_id_reason, person.id_key = said.id_kind, said.no_id_reason, key
    person.id_sealed = vault.seal_id_number(person.pk, said.id_number) if key else None
    person.phone_key = vault.phone_key(said.phone) if said.phone else None
    person.phone_sealed = vault.seal_phone(person.pk, said.phone) if said.phone else None
    person.address_sealed = vault.seal_address(person.pk, said.address) if said.address else None
    person.version += 1
    person.save()


@transaction.atomic
def declare_dead(*, by: Actor, patient_id: UUID, at: datetime) -> Patient:
    """The person has died (已故). Every hospital's record says so from now on."""
    patient = PATIENT.fetch(by, "correct", patient_id, lock=True)
    person = Person.objects.select_for_update().get(pk=patient.person_id)
    if at > clock.now():
        raise Invalid(fields={"at": _("This moment lies ahead.")})
    if person.birth_date and clock.day_of(at) < person.birth_date:
        raise Invalid(fields={"at": _("Nobody dies before being born: look at the birth date.")})
    person.deceased_at, person.version = at, person.version + 1
    person.save(update_fields=["deceased_at", "version"])
    for row in Patient.objects.filter(person=person).order_by("pk"):
        row.person = person
        publish_patient(by=by, facts=facts_of(row))
    audit.record(by=by, action="emr.patient_died", subject=patient, patient=patient.pk)
    outbox.emit(events.PersonDied(person_id=str(person.pk)))
    return patient


@transaction.atomic
def seen(*, by: Actor, patient_id: UUID, at: datetime | None = None) -> None:
    """The patient was seen by this actor, now or `at`: first in the day's list. Part of the verb that saw her."""
    moment = at or clock.now()
    rows = Patient.objects.filter(pk=patient_id, last_seen_at__lte=moment)
    rows.update(last_seen_at=moment, last_seen_by_id=by.id)
    audit.record(by=by, action="emr.patient_seen", patient=patient_id)
