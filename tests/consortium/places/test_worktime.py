"""Working time: hours pass only while somebody works; public holidays and the days worked for them count."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from consortium import selectors, services
from consortium.choices import OrganisationKind, Role
from consortium.engine import holidays
from consortium.engine.worktime import BEIJING, MIDNIGHT, OFFICE_WEEK, Calendar, day_of, text_of
from consortium.models import WorkingHours
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.kernel import audit_trail

HOUSE = Actor.system("consortium")
YEAR = {one.day: one.works for one in holidays.read(2026, holidays.PUBLISHED[2026])}
COUNTY = Calendar(OFFICE_WEEK, YEAR)
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("2026-11-27 16:30", 2 * HOUR, "2026-11-30 09:00"),  # over the weekend
        ("2026-11-26 11:00", 2 * HOUR, "2026-11-26 15:00"),  # over the noon break
        ("2026-11-28 03:00", timedelta(), "2026-11-30 08:00"),  # nothing lands outside
        ("2026-09-30 17:00", HOUR, "2026-10-08 08:30"),  # over the national holiday
        ("2026-10-09 17:00", HOUR, "2026-10-10 08:30"),  # a Saturday worked for it
        (
            "2026-02-13 17:00",
            8.5 * HOUR,
            "2026-02-24 08:30",
        ),  # the 14th is worked, nine days of New Year are not
        (
            "2026-11-25 10:00",
            COUNTY.working(timedelta(hours=24)),
            "2026-11-26 10:00",
        ),  # 24 h are a working day
        ("2026-11-27 17:30", timedelta(), "2026-11-27 17:30"),  # the last minute is still work
    ],
)
def test_hours_pass_only_while_somebody_works(start: str, span: timedelta, end: str) -> None:
    assert COUNTY.add(at(start), span) == at(end)


spans = some.lists(some.integers(0, MIDNIGHT), min_size=2, max_size=6, unique=True).map(
    lambda marks: tuple(zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False))
)
weeks = some.tuples(*[spans | some.just(())] * 7).filter(any)
calendars = some.builds(
    Calendar,
    weeks,
    some.dictionaries(some.dates(date(2026, 1, 1), date(2026, 3, 1)), some.booleans(), max_size=12),
)
moments = some.integers(0, 365 * 24 * 60).map(
    lambda minutes: at("2026-01-01 00:00") + timedelta(minutes=minutes)
)
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The cores are shared with the rest of the suite: how long a case took says nothing."""
durations = some.integers(0, 20_000).map(lambda minutes: timedelta(minutes=minutes))


@BUSY
@given(calendars, moments, durations, durations)
def test_two_spans_are_as_long_as_one_after_the_other(here, moment, one, other) -> None:
    assert here.add(here.add(moment, one), other) == here.add(moment, one + other)


@BUSY
@given(calendars, moments, moments, durations, durations)
def test_later_or_longer_never_ends_earlier(here, moment, another, one, other) -> None:
    first, last = sorted((moment, another))
    assert here.add(first, one) <= here.add(last, one)
    assert here.add(moment, min(one, other)) <= here.add(moment, max(one, other))


@BUSY
@given(calendars, moments, durations)
def test_it_never_ends_outside_of_working_time_nor_before_it_began(here, moment, span) -> None:
    end = here.add(moment, span).astimezone(BEIJING)
    minute = end - datetime.combine(end.date(), datetime.min.time(), BEIJING)
    days = [
        (minute, here.spans(end.date())),
        (minute + timedelta(days=1), here.spans(end.date() - timedelta(days=1))),
    ]
    assert any(
        timedelta(minutes=a) <= passed <= timedelta(minutes=b) for passed, hours in days for a, b in hours
    )
    assert end >= moment + span


def test_time_is_never_taken_away() -> None:
    with pytest.raises(ValueError, match="never taken away"):
        COUNTY.add(at("2026-11-27 16:30"), -HOUR)


def test_a_week_without_work_is_no_week() -> None:
    with pytest.raises(ValueError, match="one of them worked"):
        Calendar(((),) * 7)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("8:00-12:00 14:00-17:30", ((480, 720), (840, 1050))),
        ("8：00～12：00，14:00-17:30", ((480, 720), (840, 1050))),
        ("0:00-24:00", ((0, 1440),)),
        ("", ()),
    ],
)
def test_hours_are_read_as_people_write_them(text, hours) -> None:
    assert day_of(text) == hours
    assert day_of(text_of(hours)) == hours


@pytest.mark.parametrize(
    "text", ["8-12", "12:00-8:00", "8:00-12:00 11:00-13:00", "8:61-9:00", "8:00-24:01", "上午"]
)
def test_what_is_no_time_is_not_read(text) -> None:
    with pytest.raises(ValueError, match=r".*"):
        day_of(text)


def test_the_published_year_has_its_days() -> None:
    days = holidays.read(2026, holidays.PUBLISHED[2026])
    free, worked = [one for one in days if not one.works], [one for one in days if one.works]
    assert (len(free), len(worked)) == (33, 6)
    assert holidays.read(2026, holidays.write(days)) == days
    # A day worked for a holiday is always a Saturday or Sunday.
    assert {one.day.weekday() for one in worked} <= {5, 6}


@pytest.mark.parametrize(
    "line",
    [
        "2026-10-01 国庆节",
        "2026-02-30 休 春节",
        "2027-01-01 休 元旦",
        "2026-10-07 2026-10-01 休 国庆节",
        "十一 休",
    ],
)
def test_a_line_that_is_none_is_named(line) -> None:
    with pytest.raises(ValueError, match=line[:10]):
        holidays.read(2026, line)


@pytest.mark.django_db
def test_the_office_enters_a_year_and_every_place_keeps_it() -> None:
    office = make_organisation(kind=OrganisationKind.CONSORTIUM_OFFICE)
    keeper = make_actor(Role.MEDICAL_AFFAIRS, office)
    place = make_organisation()

    assert services.set_holidays(by=keeper, year=2026, text=holidays.PUBLISHED[2026]) == 39
    assert services.set_holidays(by=keeper, year=2026, text="2026-12-31 休 盘点") == 1

    assert selectors.calendar_of(place.pk).days == {date(2026, 12, 31): False}
    assert [action for _who, action in audit_trail()][-2:] == ["consortium.holidays_set"] * 2


@pytest.mark.django_db
def test_the_calendar_is_the_offices() -> None:
    make_organisation(kind=OrganisationKind.CONSORTIUM_OFFICE)
    hospital = make_organisation(kind=OrganisationKind.HEAD_HOSPITAL)
    for role in (Role.MEDICAL_AFFAIRS, Role.COORDINATOR):
        with pytest.raises(Refused):
            services.set_holidays(by=make_actor(role, hospital), year=2026, text="")


@pytest.mark.django_db
@pytest.mark.parametrize(("year", "text", "field"), [(1999, "", "year"), (2026, "国庆", "text")])
def test_a_year_that_cannot_be_read_is_told(year, text, field) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_holidays(by=HOUSE, year=year, text=text)
    assert list(refused.value.fields) == [field]


@pytest.mark.django_db
def test_a_place_sets_its_own_hours_and_earlier_ones_stay() -> None:
    place = make_organisation()
    keeper = make_actor(Role.MEDICAL_AFFAIRS, place)
    week = ["8:00-17:00"] * 6 + [""]

    services.set_hours(by=keeper, organisation_id=place.pk, week=week, version=0)
    services.set_hours(by=keeper, organisation_id=place.pk, week=["0:00-24:00"] * 7, version=1)

    assert selectors.calendar_of(place.pk).week == (((0, 1440),),) * 7
    assert list(WorkingHours.objects.order_by("version").values_list("version", "set_by")) == [
        (1, keeper.id),
        (2, keeper.id),
    ]
    with pytest.raises(Conflict):
        services.set_hours(by=keeper, organisation_id=place.pk, week=week, version=1)


@pytest.mark.django_db
def test_the_hours_of_another_place_are_not_found() -> None:
    keeper = make_actor(Role.MEDICAL_AFFAIRS, make_organisation())
    with pytest.raises(OutOfReach):
        services.set_hours(by=keeper, organisation_id=make_organisation().pk, week=[""] * 7)
    with pytest.raises(Refused):
        services.set_hours(
            by=make_actor(Role.BRANCH_DOCTOR), organisation_id=make_organisation().pk, week=[""] * 7
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("week", "field"), [([""] * 7, "day_0"), (["8:00-12:00"] * 6 + ["半天"], "day_6")])
def test_a_week_that_cannot_be_read_is_told_at_its_day(week, field) -> None:
    place = make_organisation()
    with pytest.raises(Invalid) as refused:
        services.set_hours(by=HOUSE, organisation_id=place.pk, week=week)
    assert list(refused.value.fields) == [field]
