"""What an emergency leaves to be written: tasks with a time, signed as new versions, asked for when late."""

from datetime import timedelta

import pytest

from consortium.choices import Duty, Role
from consortium.models import Notification, NotificationRecipient
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import selectors, services, tasks
from referral.choices import FORM_WITHIN, RECORD_WITHIN, Backfill, ConsentBasis, Event, Status
from referral.models import BackfillTask, FormVersion
from tests.factories.consortium import make_actor, make_duty, make_organisation, make_staff
from tests.factories.kernel import audit_trail
from tests.referral.steps import cause, make_leg

HOUSE = Actor.system("referral")
COMPLETE = {"consent": "relative", "history": "高血压 10 年", "treatment": "阿托品 0.5mg 静推"}


def sent(**content):
    return cause(make_leg(consent="", **content), Event.EMERGENCY_SEND)


def doctor(leg):
    return make_actor(Role.BRANCH_DOCTOR, leg.source)


def form(leg, by, **more):
    order = {"version": leg.version, "key": "", **COMPLETE, **more}
    return services.complete_form(by=by, referral_id=leg.pk, **order)


def record(leg, by, **more):
    order = {"version": leg.version, "key": "", "treatment": "20:10 心肺复苏 王医生", **more}
    return services.complete_record(by=by, referral_id=leg.pk, **order)


def task(leg, kind):
    return BackfillTask.objects.get(referral=leg, kind=kind)


@pytest.mark.django_db
def test_an_emergency_owes_form_and_consent_within_a_day_and_its_record_once_it_ends():
    leg = sent()
    owed = task(leg, Backfill.FORM)
    assert owed.due_at == owed.since_at + FORM_WITHIN
    assert task(leg, Backfill.RECORD).due_at is None
    leg = cause(leg, Event.ARRIVE)
    due = task(leg, Backfill.RECORD).due_at
    assert timedelta() <= clock.now() + RECORD_WITHIN - due < timedelta(minutes=1)


@pytest.mark.django_db
def test_what_was_complete_when_it_went_is_not_asked_for_again():
    leg = cause(make_leg(history="高血压", treatment="吸氧"), Event.EMERGENCY_SEND)
    assert list(leg.backfills.values_list("kind", flat=True)) == [Backfill.RECORD]


@pytest.mark.django_db
def test_completing_the_form_signs_a_new_version_and_keeps_the_one_it_went_with():
    leg, by = sent(), None
    by = doctor(leg)
    first = FormVersion.objects.get(referral=leg)

    form(leg, by)

    leg.refresh_from_db()
    owed, forms = task(leg, Backfill.FORM), list(leg.forms.order_by("version"))
    assert (leg.consent, leg.status, owed.done_by_id) == (ConsentBasis.RELATIVE, Status.IN_TRANSIT, by.id)
    assert [one.version for one in forms] == [first.version, leg.version]
    assert (forms[0].content["consent"], forms[1].content["consent"]) == ("emergency", "relative")
    assert forms[0].signature != forms[1].signature
    assert audit_trail()[-1] == (by.name, "referral.form_completed")
    with pytest.raises(Conflict):
        form(leg, by)


@pytest.mark.django_db
def test_the_record_of_the_rescue_is_written_and_signed():
    leg = cause(sent(), Event.ARRIVE)
    record(leg, doctor(leg))
    leg.refresh_from_db()
    assert leg.treatment == "20:10 心肺复苏 王医生"
    assert task(leg, Backfill.RECORD).done_at
    assert [one.kind for one in selectors.detail(by=doctor(leg), referral_id=leg.pk).papers] == [
        Backfill.FORM
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"consent": "emergency"}, "consent"), ({"history": " "}, "history"), ({"treatment": ""}, "treatment")],
)
def test_a_form_that_is_not_complete_is_told_at_its_field(wrong, field):
    leg = sent()
    with pytest.raises(Invalid) as refused:
        form(leg, doctor(leg), **wrong)
    assert list(refused.value.fields) == [field]
    assert task(leg, Backfill.FORM).done_at is None


@pytest.mark.django_db
def test_only_the_sending_doctors_write_it():
    leg = sent()
    with pytest.raises(OutOfReach):
        form(leg, make_actor(Role.BRANCH_DOCTOR, make_organisation()))
    with pytest.raises(Refused):
        form(leg, make_actor(Role.COORDINATOR, leg.target))
    with pytest.raises(Conflict):
        form(leg, doctor(leg), version=leg.version - 1)


@pytest.mark.django_db
def test_the_same_key_twice_signs_once():
    leg, by = sent(), None
    by = doctor(leg)
    form(leg, by, key="k")
    form(leg, by, key="k")
    assert leg.forms.count() == 2


@pytest.mark.django_db
def test_a_late_paper_is_asked_for_once_a_round_and_passed_up():
    leg = sent()
    chief = make_staff(Role.BRANCH_DOCTOR, leg.source)
    make_duty(chief, leg.source, duty=Duty.CHIEF)
    owed = task(leg, Backfill.FORM)
    BackfillTask.objects.filter(pk=owed.pk).update(due_at=clock.now(), call_at=clock.now())

    assert (tasks.fire_due(), tasks.fire_due()) == (1, 0)

    owed.refresh_from_db()
    told = NotificationRecipient.objects.filter(notification__key=f"referral-paper:{owed.pk}:1")
    assert set(told.values_list("staff_id", flat=True)) == {leg.doctor_id, chief.pk}
    assert (owed.escalations, owed.due_at < clock.now() < owed.call_at) == (1, True)
    form(leg, doctor(leg))
    BackfillTask.objects.filter(pk=owed.pk).update(call_at=clock.now())
    assert tasks.fire_due() == 0
    assert Notification.objects.filter(key__startswith="referral-paper:").count() == 1


@pytest.mark.django_db
def test_papers_wait_on_the_senders_home_with_their_time():
    leg = cause(sent(), Event.ARRIVE)
    rows = {row.key: row for row in selectors.work(by=doctor(leg)).waiting}
    for kind in Backfill:
        owed = task(leg, kind)
        assert rows[f"paper-{owed.pk}"].due_at == owed.due_at
    assert [
        row
        for row in selectors.work(by=make_actor(Role.COORDINATOR, leg.target)).waiting
        if "paper" in row.key
    ] == []


def test_two_sweeps_at_once_ask_once(race_db):
    leg = sent()
    owed = task(leg, Backfill.FORM)
    BackfillTask.objects.filter(pk=owed.pk).update(due_at=clock.now(), call_at=clock.now())
    race_db.at_once([lambda: services.remind_paper(by=HOUSE, task_id=owed.pk)] * 4)
    owed.refresh_from_db()
    assert owed.escalations == 1
    assert Notification.objects.filter(key__startswith="referral-paper:").count() == 1
