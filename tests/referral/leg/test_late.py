"""The board of what is late: both sides, since when, how often passed up, who is called; the number is the list."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium.choices import Duty, Role
from kernel import clock
from kernel.actor import Actor
from referral import selectors, services
from referral.choices import Backfill, Event, Status
from referral.models import BackfillTask
from tests.factories.consortium import actor_of, make_actor, make_duty, make_organisation, make_staff
from tests.referral.leg.test_timers import overdue
from tests.referral.steps import at, cause, make_leg

HOUSE = Actor.system("referral")


def numbers(by):
    lists = {side: len(selectors.late(by=by, side=side)) for side in ("mine", "other")}
    assert selectors.late_counts(by=by) == lists
    return lists["mine"], lists["other"]


@pytest.mark.django_db
def test_a_late_leg_stands_at_the_side_whose_turn_it_is():
    leg = overdue(at(Status.SUBMITTED))
    sender, desk = make_actor(Role.BRANCH_DOCTOR, leg.source), make_actor(Role.COORDINATOR, leg.target)
    stranger = make_actor(Role.COORDINATOR, make_organisation())
    assert (numbers(desk), numbers(sender), numbers(stranger)) == ((1, 0), (0, 1), (0, 0))


@pytest.mark.django_db
def test_it_stays_late_after_it_was_passed_up_and_says_whom_to_call():
    leg = overdue(at(Status.SUBMITTED))
    chief = make_staff(Role.SPECIALIST, leg.target)
    make_duty(chief, leg.target, duty=Duty.CHIEF, telephone="10055550009")
    services.run_late(by=HOUSE, referral_id=leg.pk)
    (one,) = selectors.late(by=make_actor(Role.COORDINATOR, leg.target))
    assert (one.since, one.times) == (leg.due_at, 1)
    assert [(phone.name, phone.telephone) for phone in one.phones] == [(chief.name, "10055550009")]


@pytest.mark.django_db
def test_a_late_paper_stands_at_the_sending_side():
    leg = cause(make_leg(consent=""), Event.EMERGENCY_SEND)
    BackfillTask.objects.filter(referral=leg, kind=Backfill.FORM).update(due_at=clock.now())
    sender, desk = make_actor(Role.BRANCH_DOCTOR, leg.source), make_actor(Role.COORDINATOR, leg.target)
    assert (numbers(sender), numbers(desk)) == ((1, 0), (0, 1))


@pytest.mark.django_db
def test_what_is_in_time_a_draft_or_over_is_not_late():
    legs = [at(Status.SUBMITTED), at(Status.DRAFT), at(Status.CLOSED)]
    leg = legs[0]
    draft = legs[1]
    draft.due_at = clock.now() - timedelta(hours=1)
    draft.save(update_fields=["due_at"])
    assert [numbers(make_actor(Role.BRANCH_DOCTOR, one.source)) for one in legs] == [(0, 0)] * 3
    assert leg.due_at > clock.now()


@pytest.mark.django_db
def test_an_emergency_of_minutes_stands_above_hours():
    leg = cause(at(Status.DRAFT), Event.EMERGENCY_SEND)
    old = overdue(at(Status.SUBMITTED))
    old.target, old.due_at = leg.target, clock.now() - timedelta(hours=9)
    old.save(update_fields=["target", "due_at"])
    overdue(leg)
    found = selectors.late(by=make_actor(Role.COORDINATOR, leg.target))
    assert [one.row.referral.pk for one in found] == [leg.pk, old.pk]


@pytest.mark.django_db
def test_the_homes_number_is_the_page(client):
    leg = overdue(at(Status.SUBMITTED))
    person = make_staff(Role.COORDINATOR, leg.target)
    tiles = {one.key: one for one in selectors.work(by=actor_of(person)).counts}
    assert (tiles["late-mine"].number, tiles["late-mine"].url) == (1, f"{reverse('referral:late')}?side=mine")
    assert "late-other" not in tiles


@pytest.mark.django_db
def test_three_late_legs_cost_no_more_statements_than_one(django_assert_num_queries):
    legs = [overdue(at(Status.SUBMITTED))]
    by = make_actor(Role.COORDINATOR, legs[0].target)
    with django_assert_num_queries(QUERIES):
        assert len(selectors.late(by=by)) == 1
    for _number in range(2):
        other = overdue(at(Status.SUBMITTED))
        other.target = legs[0].target
        other.save(update_fields=["target"])
    with django_assert_num_queries(QUERIES):
        assert len(selectors.late(by=by)) == 3


QUERIES = 13
"""Legs, papers, their names, places and departments; roster, calendar, and who stands in where nobody is on duty."""
