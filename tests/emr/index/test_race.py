"""Two desks, one document, real commits."""

from datetime import date
from typing import Any

import pytest

from consortium.choices import Role
from emr.index import services
from emr.index.models import Patient, Person
from kernel.errors import DomainError
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import id_number

pytestmark = pytest.mark.timeout(120)


def test_eight_desks_registering_one_new_number_make_one_person(race_db: Any) -> None:
    place, number = make_organisation(), id_number(date(1959, 3, 12))
    desks = [make_actor(Role.BRANCH_DOCTOR, place if at < 4 else None) for at in range(8)]

    def register(by: Any) -> Any:
        return lambda: services.register(by=by, key="", name="周桂芳", sex="2", id_number=number)

    results = race_db.at_once([register(by) for by in desks])

    assert [one for one in results if isinstance(one, DomainError | Exception)] == []
    assert (
        Person.objects.count(),
        Patient.objects.count(),
        Patient.objects.filter(organisation=place).count(),
    ) == (
        1,
        5,
        1,
    )
