"""What another system says of a patient that cannot be, and what must not be passed over."""

from datetime import date
from uuid import uuid4

import pytest

from consortium.choices import Role
from emr.index import services
from emr.index.choices import NoIdReason
from emr.index.fhir import MOTHER
from emr.index.handlers import take_patient
from emr.index.models import Patient, Person
from emr.repository import selectors as repository
from kernel import clock
from kernel.errors import Invalid
from tests.factories.consortium import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return make_actor(Role.BRANCH_DOCTOR)


SENT = {
    "resourceType": "Patient",
    "name": [{"text": "周桂芳"}],
    "gender": "female",
    "birthDate": "1959-03-12",
}


def test_a_death_another_system_tells_is_declared_once(doctor):
    patient = services.receive(by=doctor, key="", resource={**SENT, "deceasedDateTime": "2026-03"})
    at = Person.objects.get().deceased_at
    services.receive(
        by=doctor, key="", resource={**SENT, "deceasedDateTime": "2026-04-01"}, patient_id=patient.pk
    )

    assert (clock.day_of(at), Person.objects.get().deceased_at) == (date(2026, 3, 1), at)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"deceasedDateTime": "2999-01-01"}, "at"),
        ({"deceasedDateTime": "1900-01-01"}, "at"),
        ({"deceasedBoolean": True}, "deceasedDateTime"),
        ({"birthDate": "1812-01-01"}, "birth_date"),
    ],
)
def test_a_death_or_birth_that_cannot_be_is_refused_with_everything_sent(doctor, said, field):
    with pytest.raises(Invalid) as wrong:
        services.receive(by=doctor, key="", resource={**SENT, **said})

    assert (list(wrong.value.fields), Person.objects.count()) == ([field], 0)


def test_a_patient_of_an_institution_nobody_knows_is_refused(doctor):
    keeper = {"managingOrganization": {"reference": f"Organization/{uuid4()}"}}

    with pytest.raises(Invalid) as wrong:
        services.receive(by=doctor, key="", resource={**SENT, **keeper})

    assert (wrong.value.code, Person.objects.count()) == ("unknown_organisation", 0)


def child(mother, **more):
    named = {"url": MOTHER, "valueReference": {"reference": f"Patient/{mother}"}}
    other = {"url": "urn:branch:ward", "valueString": "产科"}
    born = {
        "name": [{"text": "周桂芳之女"}],
        "birthDate": clock.today().isoformat(),
        "extension": [other, named],
    }
    return {**SENT, **born, **more}


def test_a_newborn_another_system_sends_is_linked_to_its_mother(doctor):
    mother = services.receive(by=doctor, key="", resource=SENT)

    pk = take_patient(doctor, child(mother.pk), None).id
    take_patient(doctor, child(mother.pk, gender="male"), pk)

    person = Patient.objects.get(pk=pk).person
    stored = repository.read(by=doctor, kind="Patient", id=str(pk))
    assert (person.mother_id, person.no_id_reason) == (mother.person_id, NoIdReason.NEWBORN)
    assert [one["url"] for one in stored["extension"]] == [MOTHER, "urn:branch:ward"]
    assert stored["gender"] == "male"


@pytest.mark.parametrize(
    "named", ["Patient/1", "Patient/", "urn:uuid:1", "Patient/00000000-0000-7000-8000-000000000000"]
)
def test_a_mother_who_is_not_here_is_refused(doctor, named):
    extension = [{"url": MOTHER, "valueReference": {"reference": named}}]

    with pytest.raises(Invalid) as wrong:
        services.receive(by=doctor, key="", resource={**SENT, "extension": extension})

    assert (wrong.value.code, Person.objects.count()) == ("unknown_patient", 0)


def test_a_mother_whose_record_is_not_open_to_the_sender_is_refused(doctor):
    elsewhere = services.receive(by=make_actor(Role.BRANCH_DOCTOR), key="", resource=SENT)

    with pytest.raises(Invalid) as wrong:
        services.receive(by=doctor, key="", resource=child(elsewhere.pk))

    assert (wrong.value.code, Person.objects.count()) == ("unknown_patient", 1)


def test_a_link_between_records_is_not_passed_over_in_silence(doctor):
    """It is a modifier element of FHIR R4: it changes what the whole record means."""
    link = {"link": [{"type": "seealso", "other": {"reference": f"Patient/{uuid4()}"}}]}

    with pytest.raises(Invalid) as wrong:
        services.receive(by=doctor, key="", resource={**SENT, **link})

    assert (list(wrong.value.fields), Person.objects.count()) == (["link"], 0)
