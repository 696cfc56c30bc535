"""What another system says of a patient that cannot be, and what must not be passed over."""

from datetime import date
from uuid import uuid4

import pytest

from consortium.choices import Role
from emr.index import services
from emr.index.models import Person
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
