"""Break-glass in bad faith, its judges, its reminders, and what the security manager sees."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from consortium.choices import Role
from consortium.models import Notification
from emr.access import selectors, services
from emr.access.choices import Basis, BreakGlassReason, Verdict
from emr.access.models import BreakGlass, Ground
from kernel import clock, ids
from kernel.errors import Conflict, Invalid, OutOfReach, Refused, StepUpNeeded
from kernel.models import Alarm, AuditEntry
from tests.factories.consortium import actor_of, make_actor, make_organisation, make_post, make_staff
from tests.factories.emr import HOUSE, make_patient

pytestmark = pytest.mark.django_db
WHY = "昏迷送来，无家属，需知用药史"


@pytest.fixture
def head():
    return make_organisation("head_hospital")


@pytest.fixture
def patient(head):
    return make_patient()


@pytest.fixture
def doctor(head):
    return proved(make_actor(Role.SPECIALIST))


def proved(actor, **said):
    return replace(actor, proved_at=clock.now(), **said)


def break_it(doctor, patient, **said):
    values = {"key": "", "reason": BreakGlassReason.EMERGENCY, "explanation": WHY, **said}
    return services.break_glass(by=doctor, patient_id=patient.pk, **values)


def later(row, **ago):
    """As if this much time had passed since the opening."""
    row.due_at = row.due_at - timedelta(**ago)
    row.save(update_fields=["due_at"])
    return row


def told(key):
    rows = Notification.objects.filter(key__endswith=key).values_list("recipients__staff", flat=True)
    return set(rows)


# -- in bad faith -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [None, 11, 600])
def test_who_did_not_prove_herself_just_now_breaks_no_glass(doctor, patient, minutes):
    stale = replace(doctor, proved_at=clock.now() - timedelta(minutes=minutes) if minutes else None)

    with pytest.raises(StepUpNeeded):
        break_it(stale, patient)

    assert (BreakGlass.objects.count(), Ground.objects.count()) == (0, 0)


def test_an_open_record_is_not_broken_to_hide_who_looks(doctor, patient):
    break_it(doctor, patient)

    with pytest.raises(Conflict) as twice:
        break_it(doctor, patient)

    assert (twice.value.code, BreakGlass.objects.count()) == ("open_already", 1)


def test_a_record_that_does_not_exist_cannot_be_broken(doctor):
    with pytest.raises(OutOfReach):
        services.break_glass(
            by=doctor, key="", patient_id=ids.uuid7(), reason=BreakGlassReason.OTHER, explanation=WHY
        )


def test_a_second_reason_does_not_lift_a_clearance(doctor, patient):
    with pytest.raises(Conflict) as closed:
        break_it(doctor, patient, sensitive_reason=WHY)

    assert closed.value.code == "clearance"


def test_a_cleared_post_says_twice_why(doctor, patient):
    cleared = replace(doctor, clearance=5)

    with pytest.raises(Invalid):
        break_it(cleared, patient, sensitive_reason="要看")
    row = break_it(cleared, patient, sensitive_reason=WHY)

    assert (row.ground.label, row.sensitive_reason) == (5, WHY)


def test_without_a_second_reason_level_five_stays_closed_to_a_cleared_post(doctor, patient):
    row = break_it(replace(doctor, clearance=5), patient)

    assert row.ground.label == 4


# -- who is told and who judges -----------------------------------------------------------------------------------


def test_the_home_without_a_medical_affairs_is_told_all_the_same(doctor, patient):
    chief = make_actor(Role.BRANCH_REVIEWER, patient.organisation)

    break_it(doctor, patient)

    assert told(":home") == {chief.id}


def test_the_openers_own_institution_judges(patient, head):
    place = make_organisation(parent=head)
    own, above = make_actor(Role.MEDICAL_AFFAIRS, place), make_actor(Role.MEDICAL_AFFAIRS, head)

    row = break_it(proved(make_actor(Role.BRANCH_DOCTOR, place)), patient)

    assert (row.review_place_id, told(":review")) == (place.pk, {own.id})
    with pytest.raises(OutOfReach):
        selectors.review(by=above, pk=row.pk)


def test_a_branch_without_medical_affairs_is_judged_above(patient, head):
    place = make_organisation(parent=head)
    above = make_actor(Role.MEDICAL_AFFAIRS, head)

    row = break_it(proved(make_actor(Role.BRANCH_DOCTOR, place)), patient)

    assert (row.review_place_id, told(":review")) == (head.pk, {above.id})


def test_the_only_judge_does_not_judge_herself(patient, head):
    place = make_organisation(parent=head)
    both = make_staff(Role.BRANCH_DOCTOR, place)
    make_post(both, Role.MEDICAL_AFFAIRS, place)

    row = break_it(proved(actor_of(both, Role.BRANCH_DOCTOR)), patient)

    assert row.review_place_id == head.pk


def test_nobody_judges_her_own_opening(patient, head):
    both = make_staff(Role.SPECIALIST, head)
    make_post(both, Role.MEDICAL_AFFAIRS, head)
    row = break_it(proved(actor_of(both, Role.SPECIALIST)), patient)
    judge = actor_of(both, Role.MEDICAL_AFFAIRS)

    with pytest.raises(Conflict):
        services.read_for_review(by=judge, break_glass_id=row.pk)
    with pytest.raises(Conflict) as own:
        services.judge(
            by=judge, break_glass_id=row.pk, version=1,
            verdict=Verdict.JUSTIFIED, text="",
        )  # fmt: skip

    assert own.value.code == "own_opening"


# -- the judge reads ----------------------------------------------------------------------------------------------


def test_the_judge_reads_the_record_alone_and_until_she_has_judged(doctor, patient, head):
    judge, colleague = make_actor(Role.MEDICAL_AFFAIRS, head), make_actor(Role.SPECIALIST, head)
    row = break_it(doctor, patient)
    before = selectors.basis(by=judge, patient_id=patient.pk)

    services.read_for_review(by=judge, break_glass_id=row.pk)
    reading = selectors.basis(by=judge, patient_id=patient.pk)
    beside = selectors.basis(by=colleague, patient_id=patient.pk)
    services.judge(by=judge, break_glass_id=row.pk, version=1, verdict=Verdict.JUSTIFIED, text="")

    assert (before, reading, beside) == (None, Basis.REVIEW, None)
    assert selectors.basis(by=judge, patient_id=patient.pk) is None


def test_the_judge_sees_what_the_person_keeps_from_others(doctor, patient, head):
    judge = make_actor(Role.MEDICAL_AFFAIRS, head)
    services.restrict(by=HOUSE, patient_id=patient.pk, source="request:1")
    row = break_it(doctor, patient)

    services.read_for_review(by=judge, break_glass_id=row.pk)

    assert selectors.basis(by=judge, patient_id=patient.pk) == Basis.REVIEW


def test_what_is_judged_is_not_read_again(doctor, patient, head):
    judge, row = make_actor(Role.MEDICAL_AFFAIRS, head), break_it(doctor, patient)
    services.judge(by=judge, break_glass_id=row.pk, version=1, verdict=Verdict.JUSTIFIED, text="")

    with pytest.raises(Conflict):
        services.read_for_review(by=judge, break_glass_id=row.pk)


def test_an_explanation_asked_for_still_waits(doctor, patient, head):
    judge, row = make_actor(Role.MEDICAL_AFFAIRS, head), break_it(doctor, patient)

    services.judge(by=judge, break_glass_id=row.pk, version=1, verdict=Verdict.UNCLEAR, text="为何")

    assert [one.pk for one in selectors.reviews(by=judge)] == [row.pk]


# -- the clock ----------------------------------------------------------------------------------------------------


def test_a_review_that_is_not_due_reminds_nobody(doctor, patient, head):
    make_actor(Role.MEDICAL_AFFAIRS, head)
    later(break_it(doctor, patient), hours=47)

    assert services.remind(by=HOUSE) == 0


def test_a_day_before_it_is_due_the_judges_are_reminded_once(doctor, patient, head):
    judge = make_actor(Role.MEDICAL_AFFAIRS, head)
    later(break_it(doctor, patient), hours=49)

    assert (services.remind(by=HOUSE), services.remind(by=HOUSE), told(":due")) == (1, 0, {judge.id})


def test_an_overdue_review_goes_to_the_security_manager_and_alarms(doctor, patient, head):
    make_actor(Role.MEDICAL_AFFAIRS, head)
    security = make_actor(Role.SECURITY_MANAGER)
    later(break_it(doctor, patient), hours=73)

    services.remind(by=HOUSE)
    services.remind(by=HOUSE)

    notices = Notification.objects.filter(key__endswith=":escalated")
    assert [one.patient_id for one in notices] == [None]
    assert told(":escalated") == {security.id}
    assert list(Alarm.objects.values_list("code", "times")) == [("access.review_late", 1)]


def test_what_is_judged_reminds_nobody(doctor, patient, head):
    judge, row = make_actor(Role.MEDICAL_AFFAIRS, head), break_it(doctor, patient)
    services.judge(by=judge, break_glass_id=row.pk, version=1, verdict=Verdict.JUSTIFIED, text="")
    later(BreakGlass.objects.get(), hours=80)

    assert services.remind(by=HOUSE) == 0


# -- the security manager -----------------------------------------------------------------------------------------


def test_the_security_manager_sees_who_when_why_and_the_verdict_and_no_patient(doctor, patient):
    row = break_it(doctor, patient)

    (seen,) = selectors.overview(by=make_actor(Role.SECURITY_MANAGER))

    assert (seen.opened_by, seen.explanation, seen.verdict) == (doctor.display, WHY, "pending")
    assert [field.name for field in fields(seen) if "patient" in field.name] == []
    assert str(patient.pk) not in repr(seen)
    assert row.pk == seen.id


@pytest.mark.parametrize("role", [Role.AUDIT_MANAGER, Role.SYSTEM_MANAGER, Role.SPECIALIST, Role.LEADER])
def test_nobody_else_oversees(role):
    with pytest.raises(Refused):
        selectors.overview(by=make_actor(role))


def test_the_security_manager_judges_nothing(doctor, patient):
    row = break_it(doctor, patient)

    with pytest.raises(Refused):
        services.judge(
            by=make_actor(Role.SECURITY_MANAGER), break_glass_id=row.pk, version=1,
            verdict=Verdict.JUSTIFIED, text="",
        )  # fmt: skip


def test_each_opening_says_what_the_law_lets_it_rest_on(doctor, patient):
    break_it(doctor, patient)

    services.open_record(by=doctor, patient_id=patient.pk)

    entry = AuditEntry.objects.get(action="access.record_opened")
    assert entry.detail == {"basis": "break_glass", "purpose": "treatment", "law": "emergency"}
