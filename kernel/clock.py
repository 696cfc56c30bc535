"""One clock: aware time in UTC, and the county's day (Asia/Shanghai)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

COUNTY: Final = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def present() -> datetime:
    """This moment as the audit record bears it: what shows a story of the past moves `now`, never this."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """`moment` (aware) on the county's clock, for what people and other systems read."""
    return moment.astimezone(COUNTY)


def day_of(moment: datetime) -> date:
    """The county's calendar day on which `moment` (aware) falls."""
    return moment.astimezone(COUNTY).date()


def today() -> date:
    """The county's present calendar day."""
    return day_of(now())


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of `day` and of the next day in the county, in UTC: `start <= moment < end`."""
    start = datetime.combine(day, time(), COUNTY)
    end = datetime.combine(day + timedelta(days=1), time(), COUNTY)
    return start.astimezone(UTC), end.astimezone(UTC)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
