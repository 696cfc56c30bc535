"""Who a patient is, unsealed, for the Patient resource."""

from uuid import UUID

from emr.index import vault
from emr.index.engine import names
from emr.index.fhir import Facts
from emr.index.models import Patient


def facts_of(patient: Patient, *, mother_id: UUID | None = None) -> Facts:
    """The facts of one record. `mother_id` is the mother's record in the same hospital, looked up when not given."""
    person = patient.person
    family, given = names.split(vault.name_of(person))
    return Facts(
        id=patient.pk,
        organisation_id=patient.organisation_id,
        local_number=patient.local_number,
        family=family,
        given=given,
        other_name=vault.other_name_of(patient),
        sex=person.sex,
        birth_date=person.birth_date,
        id_kind=person.id_kind,
        id_number=vault.id_number_of(person),
        phone=vault.phone_of(person),
        address=vault.address_of(person),
        mother_id=mother_id or _record_of_mother(patient),
        deceased_at=person.deceased_at,
    )


def _record_of_mother(patient: Patient) -> UUID | None:
    mother = patient.person.mother_id
    if mother is None:
        return None
    rows = (
        Patient.objects.filter(person=mother)
        .order_by("registered_at", "pk")
        .values_list("organisation", "pk")
    )
    places = dict(reversed(list(rows)))
    return places.get(patient.organisation_id) or next(iter(places.values()), None)
