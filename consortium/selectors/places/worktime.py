"""When an institution works, and the public holidays of a year."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from consortium.engine import holidays
from consortium.engine.holidays import Otherwise
from consortium.engine.worktime import OFFICE_WEEK, Calendar, Week, text_of
from consortium.models import CalendarDay, WorkingHours
from consortium.policies import CALENDAR, HOURS
from consortium.selectors.known import organisation_names
from consortium.selectors.places.listing import consortium_office
from kernel import clock
from kernel.actor import Actor, Kind
from kernel.errors import OutOfReach, Refused

BACK = timedelta(days=1)
"""Days asked for before today: a night belongs to the day it began on."""


def calendars(organisations: Collection[UUID]) -> dict[UUID, Calendar]:
    """The working calendar of each of these institutions from today on, in two statements."""
    if not organisations:
        return {}
    rows = CalendarDay.objects.filter(day_date__gte=clock.today() - BACK)
    days = dict(rows.values_list("day_date", "works"))
    newest = WorkingHours.objects.filter(organisation__in=organisations)
    newest = newest.order_by("organisation", "-version").distinct("organisation")
    weeks = {row.organisation_id: _week(row) for row in newest}
    return {place: Calendar(weeks.get(place, OFFICE_WEEK), days) for place in organisations}


def calendar_of(organisation: UUID) -> Calendar:
    """The working calendar of one institution."""
    return calendars([organisation])[organisation]


def _week(row: WorkingHours) -> Week:
    return tuple(tuple((start, end) for start, end in day) for day in row.week)


@dataclass(frozen=True, slots=True)
class Hours:
    """An institution's week with who set it and when; version 0 is the house's own office hours."""

    week: Week
    version: int = 0
    set_by: str = ""
    set_at: datetime | None = None


def hours(organisation: UUID) -> Hours:
    """The week that counts at an institution."""
    rows = WorkingHours.objects.filter(organisation=organisation).select_related("set_by")
    row = rows.order_by("-version").first()
    if row is None:
        return Hours(OFFICE_WEEK)
    return Hours(_week(row), row.version, row.set_by.name if row.set_by else "", row.set_at)


def otherwise(year: int) -> list[Otherwise]:
    """The days of a year that are otherwise than their weekday."""
    rows = CalendarDay.objects.filter(day_date__range=(date(year, 1, 1), date(year, 12, 31))).order_by(
        "day_date"
    )
    return [Otherwise(row.day_date, row.works, row.name) for row in rows]


def years() -> list[int]:
    """Years whose public holidays are entered."""
    return [day.year for day in CalendarDay.objects.dates("day_date", "year")]


def published(year: int) -> str:
    """The State Council's table of a year as this release knows it; "" for a year it does not."""
    return holidays.PUBLISHED.get(year, "")


def may_set_calendar(by: Actor) -> bool:
    """Whether the actor keeps the county's calendar: 医务科 of the consortium office."""
    return CALENDAR.allows(by, "set") and (by.kind is Kind.SYSTEM or consortium_office() in by.organisations)


def may_set_hours(by: Actor, organisation: UUID) -> bool:
    """Whether the actor keeps this institution's working hours."""
    return HOURS.allows(by, "set") and (by.kind is Kind.SYSTEM or organisation in by.organisations)


def keeps_calendar(*, by: Actor) -> None:
    """Raise Refused (403) unless the actor keeps the county's calendar."""
    CALENDAR.ask(by, "set")
    if not may_set_calendar(by):
        raise Refused(detail={"calendar": "county"})


def keeps_hours(*, by: Actor, organisation_id: UUID) -> None:
    """Raise Refused (403) without the post, OutOfReach (404) for an institution of others."""
    HOURS.ask(by, "set")
    if not may_set_hours(by, organisation_id):
        raise OutOfReach(detail={"model": "consortium.organisation", "pk": str(organisation_id)})


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """The calendar page: a year's public holidays and an institution's week."""

    year: int
    years: list[int]
    days: list[Otherwise]
    text: str
    published: bool
    organisation_id: UUID | None
    place: str
    places: list[tuple[UUID, str]]
    hours: Hours
    may_set_year: bool
    may_set_hours: bool

    @property
    def year_initial(self) -> dict[str, object]:
        return {"year": self.year, "text": self.text or published(self.year)}

    @property
    def hours_initial(self) -> dict[str, object]:
        week = {f"day_{number}": text_of(day) for number, day in enumerate(self.hours.week)}
        return {"seen_version": self.hours.version, **week}


def calendar_page(*, by: Actor, year: str = "", place: str = "") -> CalendarPage:
    """The page for an institution the actor acts for (default: her own); an unknown year is the present one."""
    here = next((pk for pk in by.organisations if str(pk) == place), by.organisation)
    this = int(year) if year.isdecimal() and 2000 <= int(year) <= 2100 else clock.today().year
    known, days = years(), otherwise(this)
    names = organisation_names(by.organisations)
    return CalendarPage(
        year=this,
        years=sorted({*known, clock.today().year, clock.today().year + 1}),
        days=days,
        text=holidays.write(days),
        published=bool(published(this)),
        organisation_id=here,
        place=names.get(here, "") if here else "",
        places=sorted(names.items(), key=lambda one: one[1]) if len(names) > 1 else [],
        hours=hours(here) if here else Hours(OFFICE_WEEK),
        may_set_year=may_set_calendar(by),
        may_set_hours=here is not None and may_set_hours(by, here),
    )
