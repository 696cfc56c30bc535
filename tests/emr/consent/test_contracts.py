"""Family-doctor contracts and duties by law."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consortium.choices import Role
from emr.access import selectors as access
from emr.access.choices import Basis
from emr.access.models import Ground
from emr.consent import selectors, services
from emr.index import services as index
from kernel import clock
from kernel.errors import Conflict, Invalid, Refused
from tests.emr.consent.test_requests import answer, receive
from tests.factories.consortium import make_actor
from tests.factories.emr import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return make_patient()


@pytest.fixture
def affairs(patient):
    actor = make_actor(Role.MEDICAL_AFFAIRS, patient.organisation)
    return replace(actor, proved_at=clock.now())


# -- contracts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def family(patient):
    return make_actor(Role.BRANCH_DOCTOR, patient.organisation)


def sign(by, patient, days=365, **said):
    today = clock.today()
    values = {
        "team": "第一团队", "doctor_id": by.id, "since_date": today, "until_date": today + timedelta(days=days),
        **said,
    }  # fmt: skip
    return services.sign_contract(by=by, key="", patient_id=patient.pk, **values)


def other_record(patient, **said):
    """The same person's record elsewhere."""
    place = make_actor(Role.BRANCH_DOCTOR)
    return place, index.enrol(by=place, key="", person_id=patient.person_id, **said)


def test_a_contract_opens_the_persons_records_elsewhere_while_it_runs(family, patient, monkeypatch):
    _place, elsewhere = other_record(patient)
    before = access.basis(by=family, patient_id=elsewhere.pk)
    row = sign(family, patient, days=30)
    running = access.basis(by=family, patient_id=elsewhere.pk)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    over = access.basis(by=family, patient_id=elsewhere.pk)
    monkeypatch.setattr(clock, "now", lambda: now)
    services.end_contract(by=family, contract_id=row.pk, version=1, reason="迁出")

    assert (before, running, over) == (None, Basis.CONTRACT, None)
    assert access.basis(by=family, patient_id=elsewhere.pk) is None


def test_a_person_has_one_running_contract_in_the_county(family, patient):
    sign(family, patient)
    place, elsewhere = other_record(patient)

    with pytest.raises(Conflict) as running:
        sign(place, elsewhere)

    assert running.value.code == "contract_running"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"team": " "}, ["team"]),
        ({"days": 0}, ["until_date"]),
        ({"days": 1200}, ["until_date"]),
    ],
)
def test_a_contract_that_cannot_be_is_refused(family, patient, said, wrong):
    with pytest.raises(Invalid) as refused:
        sign(family, patient, **said)

    assert list(refused.value.fields) == wrong


def test_a_doctor_from_elsewhere_leads_no_team_here(family, patient):
    with pytest.raises(Invalid) as refused:
        sign(family, patient, doctor_id=make_actor(Role.BRANCH_DOCTOR).id)

    assert list(refused.value.fields) == ["doctor_id"]


def test_the_list_of_contracts_is_the_institutions_own(family, patient):
    sign(family, patient)

    assert [one.team for one in selectors.contracts_running(by=family)] == ["第一团队"]
    assert selectors.contracts_running(by=make_actor(Role.BRANCH_DOCTOR)) == ()


# -- duties by law --------------------------------------------------------------------------------------------------


def assign(by, patient, place, law="传染病防治法第二十条", days=30):
    until = clock.today() + timedelta(days=days)
    return services.assign_public_health(
        by=by, patient_id=patient.pk, organisation_id=place, law=law, until_date=until
    )


def test_a_duty_by_law_opens_the_record_even_where_the_person_keeps_it(affairs, patient):
    other = make_actor(Role.SPECIALIST)
    answer(affairs, receive(affairs, patient, "restrict", "不让别院看"))
    ground = assign(affairs, patient, other.organisation)
    opened = access.basis(by=other, patient_id=patient.pk)
    services.end_public_health(by=affairs, patient_id=patient.pk, ground_id=ground.pk)

    assert (opened, access.basis(by=other, patient_id=patient.pk)) == (Basis.PUBLIC_HEALTH, None)
    assert Ground.objects.get(pk=ground.pk).note == "传染病防治法第二十条"


@pytest.mark.parametrize(
    ("law", "days"), [("", 30), ("传染病防治法第二十条", 91), ("传染病防治法第二十条", 0)]
)
def test_a_duty_names_its_law_and_ends(affairs, patient, law, days):
    with pytest.raises(Invalid):
        assign(affairs, patient, make_actor(Role.SPECIALIST).organisation, law, days)


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.RECEPTION, Role.SECURITY_MANAGER])
def test_only_medical_affairs_assigns_a_duty(patient, role):
    with pytest.raises(Refused):
        assign(make_actor(role, patient.organisation), patient, make_actor(Role.SPECIALIST).organisation)
