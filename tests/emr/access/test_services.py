"""Grounds, openings, break-glass."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consortium.choices import Role
from consortium.models import Notification
from emr.access import selectors, services
from emr.access.choices import Basis, BreakGlassReason, Verdict
from emr.access.models import BreakGlass, Ground, Opening
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import HOUSE, make_patient

pytestmark = pytest.mark.django_db
WHY = "昏迷送来，无家属，需知用药史"


@pytest.fixture
def patient():
    return make_patient()


@pytest.fixture
def doctor():
    make_organisation("head_hospital")
    return proved(make_actor(Role.BRANCH_DOCTOR))


def proved(actor):
    """Somebody who showed both factors a moment ago."""
    return replace(actor, proved_at=clock.now())


def affairs_of(row):
    """Somebody of the 医务科 that judges this opening."""
    return make_actor(Role.MEDICAL_AFFAIRS, row.review_place)


def open_for(doctor, patient, **said):
    values = {"basis": Basis.REFERRAL, "source": "referral:1", "organisation_id": doctor.organisation, **said}
    return services.open_ground(by=HOUSE, patient_id=patient.pk, **values)


def actions():
    return list(
        AuditEntry.objects.filter(action__startswith="access.")
        .order_by("id")
        .values_list("action", flat=True)
    )


def test_a_ground_opens_and_closing_it_closes(doctor, patient):
    before = selectors.basis(by=doctor, patient_id=patient.pk)
    open_for(doctor, patient)
    opened = selectors.basis(by=doctor, patient_id=patient.pk)
    services.close_ground(by=HOUSE, source="referral:1")

    assert (before, opened, selectors.basis(by=doctor, patient_id=patient.pk)) == (None, Basis.REFERRAL, None)
    assert actions() == ["access.ground_opened", "access.ground_closed"]


def test_the_same_source_is_the_same_ground(doctor, patient):
    until = clock.now() + timedelta(days=1)

    first, second = open_for(doctor, patient), open_for(doctor, patient, until=until)

    assert (first.pk, Ground.objects.get().until_at) == (second.pk, until)


def test_a_closed_ground_opens_again(doctor, patient):
    open_for(doctor, patient)
    services.close_ground(by=HOUSE, source="referral:1")
    open_for(doctor, patient)

    assert selectors.basis(by=doctor, patient_id=patient.pk) == Basis.REFERRAL


def test_closing_one_ground_leaves_the_others(doctor, patient):
    open_for(doctor, patient)
    open_for(doctor, patient, source="consent:1", basis=Basis.CONSENT)

    services.close_ground(by=HOUSE, source="consent:1")

    assert selectors.basis(by=doctor, patient_id=patient.pk) == Basis.REFERRAL


def test_closing_what_is_not_open_changes_nothing():
    assert (services.close_ground(by=HOUSE, source="nothing"), actions()) == (False, [])


def test_ones_own_hospitals_record_is_open(patient):
    own = make_actor(Role.SPECIALIST, patient.organisation)

    assert selectors.basis(by=own, patient_id=patient.pk) == Basis.OWN


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATISTICIAN, Role.SYSTEM_MANAGER, Role.AUDIT_MANAGER])
def test_who_reads_no_records_reads_none_on_any_ground(role, patient):
    somebody = make_actor(role, patient.organisation)
    open_for(somebody, patient)

    assert selectors.basis(by=somebody, patient_id=patient.pk) is None


def test_a_restriction_closes_what_a_ground_opens_but_not_break_glass(doctor, patient):
    open_for(doctor, patient)
    services.restrict(by=HOUSE, patient_id=patient.pk, source="consent:2")
    restricted = selectors.basis(by=doctor, patient_id=patient.pk)
    services.lift_restriction(by=HOUSE, source="consent:2")

    assert (restricted, selectors.basis(by=doctor, patient_id=patient.pk)) == (None, Basis.REFERRAL)


def test_opening_a_record_is_written_once_in_half_an_hour(doctor, patient):
    open_for(doctor, patient)

    first = services.open_record(by=doctor, patient_id=patient.pk)
    second = services.open_record(by=doctor, patient_id=patient.pk)

    assert (first, Opening.objects.count()) == (second, 1)
    assert actions().count("access.record_opened") == 1


def test_another_session_is_another_opening(doctor, patient):
    open_for(doctor, patient)
    services.open_record(by=doctor, patient_id=patient.pk)
    services.open_record(by=replace(doctor, session="other"), patient_id=patient.pk)

    assert Opening.objects.count() == 2


def test_a_record_without_a_basis_does_not_open(doctor, patient):
    with pytest.raises(OutOfReach) as closed:
        services.open_record(by=doctor, patient_id=patient.pk)

    assert (closed.value.code, Opening.objects.count()) == ("no_basis", 0)


def break_it(doctor, patient, **said):
    values = {
        "key": "",
        "reason": BreakGlassReason.EMERGENCY,
        "explanation": WHY,
    }
    return services.break_glass(by=doctor, patient_id=patient.pk, **{**values, **said})


def test_breaking_the_glass_opens_for_this_doctor_alone_and_tells(doctor, patient):
    affairs = make_actor(Role.MEDICAL_AFFAIRS, patient.organisation)
    colleague = make_actor(Role.BRANCH_DOCTOR, make_organisation())

    row = break_it(doctor, patient)

    told = Notification.objects.filter(recipients__staff=affairs.id)
    assert selectors.basis(by=doctor, patient_id=patient.pk) == Basis.BREAK_GLASS
    assert selectors.basis(by=colleague, patient_id=patient.pk) is None
    assert (row.ground.until_at - row.opened_at, row.due_at - row.opened_at) == (
        timedelta(hours=4),
        timedelta(hours=72),
    )
    assert told.count() == 1


def test_breaking_twice_with_one_key_is_once(doctor, patient):
    assert break_it(doctor, patient, key="k").pk == break_it(doctor, patient, key="k").pk


def test_breaking_needs_ten_characters(doctor, patient):
    with pytest.raises(Invalid) as wrong:
        break_it(doctor, patient, explanation="急  ")

    assert (list(wrong.value.fields), BreakGlass.objects.count()) == (["explanation"], 0)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.RECEPTION, Role.LEADER, Role.SECURITY_MANAGER])
def test_who_does_not_treat_does_not_break(role, patient):
    with pytest.raises(Refused):
        break_it(make_actor(role), patient)


def judge(by, row, verdict, text="", version=1):
    return services.judge(by=by, break_glass_id=row.pk, version=version, verdict=verdict, text=text)


def test_not_justified_closes_at_once(doctor, patient):
    row = break_it(doctor, patient)

    judge(affairs_of(row), row, Verdict.UNJUSTIFIED, "无诊疗关系")

    assert selectors.basis(by=doctor, patient_id=patient.pk) is None


def test_not_justified_needs_a_sentence(doctor, patient):
    row = break_it(doctor, patient)
    with pytest.raises(Invalid):
        judge(affairs_of(row), row, Verdict.UNJUSTIFIED)


def test_a_judged_opening_is_judged_once(doctor, patient):
    row = break_it(doctor, patient)
    affairs = affairs_of(row)
    judge(affairs, row, Verdict.JUSTIFIED)

    with pytest.raises(Conflict):
        judge(affairs, row, Verdict.UNJUSTIFIED, "再看", version=2)


def test_only_medical_affairs_judges(doctor, patient):
    with pytest.raises(Refused):
        judge(doctor, break_it(doctor, patient), Verdict.JUSTIFIED)
