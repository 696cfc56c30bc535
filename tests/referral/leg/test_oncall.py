"""Who is called for a late leg comes from the roster: the ward's chief, the centre, the office; at night another."""

from datetime import datetime, timedelta

import pytest

from consortium.choices import Duty, OrganisationKind, Role
from consortium.engine.worktime import BEIJING
from consortium.services import set_hours
from kernel import clock
from kernel.actor import Actor
from referral.choices import Status
from referral.selectors.lists.oncall import called
from tests.factories.consortium import make_department, make_duty, make_organisation, make_staff
from tests.referral.steps import at

HOUSE = Actor.system("referral")
DAY, NIGHT = ["0:00-24:00"] * 7, ["0:00-0:01"] + [""] * 6


@pytest.fixture
def roster(db):
    """A leg at the head hospital with everybody on duty who may ever be called."""
    leg = at(Status.ACCEPTED)
    office = make_organisation(kind=OrganisationKind.CONSORTIUM_OFFICE)
    centre = make_department(leg.target)
    people = {}
    for name, place, duty, ward in (
        ("ward", leg.target, Duty.SECOND_LINE, leg.department),
        ("other ward", leg.target, Duty.SECOND_LINE, make_department(leg.target)),
        ("centre", leg.target, Duty.REFERRAL_DESK, centre),
        ("night", leg.target, Duty.CHIEF, None),
        ("office", office, Duty.REFERRAL_DESK, None),
    ):
        people[name] = make_staff(Role.SPECIALIST, place)
        make_duty(people[name], place, duty=duty, department=ward)
    return leg, people


def who(leg, people, escalations):
    leg.escalations = escalations
    names = {one.pk: name for name, one in people.items()}
    return [names[one.staff_id] for one in called([leg])[leg.pk]]


def test_by_day_ward_then_centre_then_office(roster):
    leg, people = roster
    set_hours(by=HOUSE, organisation_id=leg.target_id, week=DAY)
    assert [sorted(who(leg, people, n)) for n in (0, 1, 2, 3, 9)] == [
        ["night", "ward"], ["night", "ward"], ["centre"], ["office"], ["office"],
    ]  # fmt: skip


def test_at_night_the_chief_on_duty_stands_for_those_who_went_home(roster, monkeypatch):
    leg, people = roster
    set_hours(by=HOUSE, organisation_id=leg.target_id, week=NIGHT)
    midnight = datetime(2026, 11, 24, 23, 0, tzinfo=BEIJING)
    for shift in leg.target.duty_shifts.all():
        shift.starts_at, shift.ends_at = midnight - timedelta(hours=1), midnight + timedelta(hours=1)
        shift.save()
    monkeypatch.setattr(clock, "now", lambda: midnight)
    assert [sorted(who(leg, people, n)) for n in (1, 2, 3)] == [["night", "ward"], ["night"], ["night"]]


def test_who_is_not_rostered_is_passed_over(roster):
    leg, people = roster
    leg.target.duty_shifts.all().delete()
    assert who(leg, people, 1) == ["office"]


def test_without_any_roster_the_medical_affairs_are_called(roster):
    leg, people = roster
    leg.target.duty_shifts.all().delete()
    people["office"].duty_shifts.all().delete()
    people["affairs"] = make_staff(Role.MEDICAL_AFFAIRS, leg.target)
    assert who(leg, people, 1) == ["affairs"]


def test_a_late_branch_is_called_at_the_branch_and_then_by_the_centre(roster):
    leg, people = roster
    leg.status = Status.INFO_REQUESTED
    people["branch"] = make_staff(Role.BRANCH_DOCTOR, leg.source)
    make_duty(people["branch"], leg.source)
    set_hours(by=HOUSE, organisation_id=leg.source_id, week=DAY)
    assert [who(leg, people, n) for n in (1, 2, 3)] == [["branch"], ["centre"], ["office"]]
    assert called([leg])[leg.pk][0].telephone


def test_many_legs_cost_no_more_than_one(roster, django_assert_num_queries):
    leg, _people = roster
    others = [at(Status.ACCEPTED), at(Status.ACCEPTED)]
    with django_assert_num_queries(5):
        called([leg])
    with django_assert_num_queries(5):
        called([leg, *others])
