"""Two desks, one document, real commits."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from consortium.choices import Role
from emr.index import services
from emr.index.models import Patient, Person, PersonChange
from kernel import clock
from kernel.errors import Conflict, DomainError
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import id_number, make_patient

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


def test_two_who_merge_crosswise_make_one_person_and_lose_none(race_db: Any) -> None:
    left, right = make_patient(), make_patient()
    judges = [replace(make_actor(Role.MEDICAL_AFFAIRS), proved_at=clock.now()) for _number in range(6)]

    def merge(by: Any, pair: tuple[Patient, Patient]) -> Any:
        return lambda: services.merge_persons(
            by=by, from_person_id=pair[0].person_id, into_person_id=pair[1].person_id, reason="同一人"
        )

    crosswise = [(left, right), (right, left)] * 3
    results = race_db.at_once([merge(by, pair) for by, pair in zip(judges, crosswise, strict=True)])

    assert sum(isinstance(one, list) for one in results) == 1
    assert {type(one) for one in results} == {list, Conflict}
    assert Patient.objects.values("person").distinct().count() == 1
    assert PersonChange.objects.count() == 1
