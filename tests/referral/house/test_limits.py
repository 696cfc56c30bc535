"""How long a leg may wait is the institution's setting, within bounds; routine runs in its working hours."""

from datetime import datetime, timedelta

import pytest

from consortium.choices import Role
from consortium.engine.worktime import BEIJING
from consortium.services import set_holidays
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import selectors, services
from referral.choices import TIMERS, Event, Priority, Status, bounds
from referral.models import TimeLimit
from referral.selectors.house.limits import SETTABLE, limit
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.kernel import audit_trail
from tests.referral.steps import at, cause, make_leg

HOUSE = Actor.system("referral")
NAME = f"{Status.SUBMITTED}-{Priority.URGENT}"


def put(by, place, version=None, **minutes):
    return services.set_limits(
        by=by, organisation_id=place.pk, minutes=minutes or {NAME: 60}, version=version
    )


@pytest.mark.django_db
def test_without_a_setting_the_houses_own_counts():
    place = make_organisation()
    assert {(s, p): limit(place.pk, s, p) for s in SETTABLE for p in Priority} == {
        (s, p): TIMERS[s][p] for s in SETTABLE for p in Priority
    }


@pytest.mark.django_db
def test_an_institution_sets_its_own_and_can_take_it_back():
    leg = cause(make_leg(), Event.SUBMIT)
    keeper = make_actor(Role.MEDICAL_AFFAIRS, leg.target)
    assert put(keeper, leg.target) == 1
    assert put(keeper, leg.target) == 0
    other = make_leg()
    other.target = leg.target
    other.save(update_fields=["target"])
    other = cause(other, Event.SUBMIT)
    assert timedelta(minutes=59) < other.due_at - clock.now() <= timedelta(hours=1)
    assert leg.due_at - clock.now() > timedelta(hours=1)
    put(keeper, leg.target, **{NAME: None})
    assert (
        limit(leg.target_id, Status.SUBMITTED, Priority.URGENT) == TIMERS[Status.SUBMITTED][Priority.URGENT]
    )
    assert list(TimeLimit.objects.order_by("version").values_list("minutes", "set_by")) == [
        (60, keeper.id),
        (None, keeper.id),
    ]
    assert audit_trail()[-1] == (keeper.name, "referral.limits_set")


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [29, 241])
def test_the_bounds_hold(minutes):
    place = make_organisation()
    assert bounds(Status.SUBMITTED, Priority.URGENT) == (timedelta(minutes=30), timedelta(minutes=240))
    with pytest.raises(Invalid) as refused:
        put(make_actor(Role.MEDICAL_AFFAIRS, place), place, **{NAME: minutes})
    assert list(refused.value.fields) == [NAME]
    assert TimeLimit.objects.count() == 0


@pytest.mark.django_db
def test_others_do_not_set_it_and_two_at_once_are_told():
    place = make_organisation()
    keeper = make_actor(Role.MEDICAL_AFFAIRS, place)
    with pytest.raises(Refused):
        put(make_actor(Role.COORDINATOR, place), place)
    with pytest.raises(OutOfReach):
        put(keeper, make_organisation())
    put(keeper, place, version=0)
    with pytest.raises(Conflict):
        put(keeper, place, version=0, **{NAME: 90})
    with pytest.raises(OutOfReach):
        selectors.settings(by=keeper, organisation=make_organisation().pk)


@pytest.mark.django_db
def test_who_does_not_keep_them_reads_them():
    page = selectors.settings(by=make_actor(Role.COORDINATOR, make_organisation()))
    assert (page.may_set, len(page.lines), page.version) == (False, len(SETTABLE), 0)


@pytest.mark.django_db
def test_a_routine_leg_of_the_eve_of_a_holiday_is_due_after_it(monkeypatch):
    set_holidays(by=HOUSE, year=2026, text="2026-10-01 2026-10-07 休 国庆节\n2026-10-10 班 国庆节")
    eve = datetime(2026, 9, 30, 16, 0, tzinfo=BEIJING)
    leg, pressing = make_leg(priority="routine"), make_leg(priority="urgent")
    monkeypatch.setattr(clock, "now", lambda: eve)
    assert cause(leg, Event.SUBMIT).due_at == datetime(2026, 10, 8, 16, 0, tzinfo=BEIJING)
    assert cause(pressing, Event.SUBMIT).due_at == eve + timedelta(hours=2)


@pytest.mark.django_db
def test_a_question_runs_in_the_senders_hours(monkeypatch):
    leg = at(Status.SUBMITTED)
    friday = datetime(2026, 11, 27, 17, 0, tzinfo=BEIJING)
    leg.priority = Priority.ROUTINE
    leg.save(update_fields=["priority"])
    monkeypatch.setattr(clock, "now", lambda: friday)
    # Three working days: Monday, Tuesday, Wednesday at the same hour.
    assert cause(leg, Event.REQUEST_INFO).due_at == datetime(2026, 12, 2, 17, 0, tzinfo=BEIJING)
