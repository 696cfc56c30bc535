"""What waits too long is passed up, ends, or is written down as not come; by the clock alone, once."""

from datetime import timedelta

import pytest

from consortium.choices import Duty, Role
from consortium.models import Notification, NotificationRecipient
from emr.capacity import selectors as capacity
from kernel import clock, delivery
from kernel.actor import Actor
from kernel.errors import Refused
from referral import selectors, services, tasks
from referral.choices import AGAIN, Event, Status
from referral.models import HistoryEntry, Referral
from tests.factories.consortium import make_actor, make_duty, make_staff
from tests.referral.steps import at

HOUSE = Actor.system("referral")


def overdue(leg):
    leg.due_at = leg.call_at = clock.now() - timedelta(minutes=1)
    leg.save(update_fields=["due_at", "call_at"])
    return leg


@pytest.mark.django_db
def test_an_unanswered_leg_is_passed_up_and_asked_again():
    leg = overdue(at(Status.SUBMITTED))
    services.run_late(by=HOUSE, referral_id=leg.pk)
    leg.refresh_from_db()
    assert (leg.status, leg.escalations) == (Status.SUBMITTED, 1)
    assert leg.due_at < clock.now() < leg.call_at <= clock.now() + AGAIN[leg.priority]
    entry = leg.entries.order_by("-version").first()
    assert (entry.event, entry.staff_id, entry.due_at) == (Event.ESCALATE, None, leg.due_at)
    assert services.run_late(by=HOUSE, referral_id=leg.pk) is None


@pytest.mark.django_db
def test_each_escalation_calls_the_next_one_up():
    leg = overdue(at(Status.SUBMITTED))
    chief = make_staff(Role.MEDICAL_AFFAIRS, leg.target)
    make_duty(chief, leg.target, duty=Duty.CHIEF)
    desk = make_staff(Role.COORDINATOR, leg.target)
    services.run_late(by=HOUSE, referral_id=leg.pk)
    leg.refresh_from_db()
    services.announce(by=HOUSE, referral_id=leg.pk, event=Event.ESCALATE, version=leg.version)
    told = NotificationRecipient.objects.filter(notification__key__endswith=f":{leg.version}")
    assert {chief.pk, desk.pk} <= set(told.values_list("staff_id", flat=True))


@pytest.mark.django_db
def test_the_third_unanswered_question_ends_the_leg():
    leg = at(Status.INFO_REQUESTED)
    for _time in range(3):
        services.run_late(by=HOUSE, referral_id=overdue(leg).pk)
        leg.refresh_from_db()
    assert leg.status == Status.EXPIRED
    assert list(leg.entries.order_by("-version").values_list("event", flat=True)[:3]) == [
        Event.EXPIRE, Event.ESCALATE, Event.ESCALATE,
    ]  # fmt: skip


@pytest.mark.django_db
def test_who_does_not_come_gives_the_bed_free():
    leg = overdue(at(Status.SCHEDULED))
    services.run_late(by=HOUSE, referral_id=leg.pk)
    leg.refresh_from_db()
    assert leg.status == Status.NO_SHOW
    assert capacity.use_of(f"referral:{leg.pk}") is None


@pytest.mark.django_db
def test_nothing_that_is_in_time_is_touched():
    leg = at(Status.SUBMITTED)
    assert leg.pk not in selectors.overdue(by=HOUSE)
    assert services.run_late(by=HOUSE, referral_id=leg.pk) is None


@pytest.mark.django_db
def test_a_person_is_not_the_clock():
    leg = overdue(at(Status.SUBMITTED))
    with pytest.raises(Refused):
        services.run_late(by=make_actor(Role.COORDINATOR, leg.target), referral_id=leg.pk)


@pytest.mark.django_db
def test_the_task_does_everything_that_is_due():
    legs = [overdue(at(Status.SUBMITTED)), overdue(at(Status.SCHEDULED))]
    assert tasks.fire_due() == 2
    assert tasks.fire_due() == 0
    now = Referral.objects.filter(pk__in=[leg.pk for leg in legs]).order_by("pk")
    assert list(now.values_list("status", "escalations")) == [(Status.SUBMITTED, 1), (Status.NO_SHOW, 0)]


def test_two_clocks_at_once_pass_a_leg_up_once(race_db):
    leg = overdue(at(Status.SUBMITTED))
    make_staff(Role.COORDINATOR, leg.target)
    run = lambda: services.run_late(by=HOUSE, referral_id=leg.pk)  # noqa: E731  four times the same order
    race_db.at_once([run] * 4)
    assert HistoryEntry.objects.filter(referral=leg, event=Event.ESCALATE).count() == 1
    delivery.drain()
    delivery.drain()
    leg.refresh_from_db()
    assert Notification.objects.filter(key=f"referral:{leg.pk}:{leg.version}").count() == 1
