"""The span of days that is counted, in the county's calendar."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel import clock
from referral.choices import Period

DAYS: Final = {Period.DAYS_7: 7, Period.DAYS_30: 30, Period.DAYS_90: 90}


@dataclass(frozen=True, slots=True)
class Span:
    """`since <= day < until`, both of the county."""

    period: Period
    since: date
    until: date

    @property
    def last(self) -> date:
        """Its last day: asks for the same span again."""
        return self.until - timedelta(days=1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First moment, and the first after it; never later than now: what is not over yet is not counted."""
        end = clock.day_bounds(self.last)[1]
        return clock.day_bounds(self.since)[0], min(end, clock.now())

    @property
    def before(self) -> "Span":
        """The span before this one."""
        if self.period in DAYS:
            return replace(self, since=self.since - timedelta(days=DAYS[self.period]), until=self.since)
        return span(self.period, self.since - timedelta(days=1))

    @property
    def after(self) -> "Span | None":
        """The span after this one; None when it has not begun."""
        if self.until > clock.today():
            return None
        if self.period in DAYS:
            return replace(self, since=self.until, until=self.until + timedelta(days=DAYS[self.period]))
        return span(self.period, self.until)

    @property
    def step(self) -> str:
        """Into what the course of the span is cut."""
        return {Period.DAY: "hour", Period.QUARTER: "week", Period.DAYS_90: "week", Period.YEAR: "month"}.get(
            self.period, "day"
        )

    def __str__(self) -> str:
        """The span in words."""
        if self.period == Period.YEAR:
            return f"{self.since.year}"
        if self.period == Period.MONTH:
            return f"{self.since:%Y-%m}"
        if self.period == Period.QUARTER:
            quarter = (self.since.month + 2) // 3
            return _("%(year)s, quarter %(quarter)s") % {"year": self.since.year, "quarter": quarter}
        last = self.last
        first = date_format(self.since, "Y-m-d")
        return first if last == self.since else f"{first} – {date_format(last, 'Y-m-d')}"


def span(period: Period, day: date) -> Span:
    """The span of this kind that holds the day; of the last days, the one that ends with it."""
    if period in DAYS:
        return Span(period, day - timedelta(days=DAYS[period] - 1), day + timedelta(days=1))
    since = {
        Period.DAY: day,
        Period.WEEK: clock.monday(day),
        Period.MONTH: day.replace(day=1),
        Period.QUARTER: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        Period.YEAR: day.replace(month=1, day=1),
    }[period]
    return Span(period, since, _end(period, since))


def _end(period: Period, since: date) -> date:
    if period in (Period.DAY, Period.WEEK):
        return since + timedelta(days=1 if period == Period.DAY else 7)
    months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[period]
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(year, month + 1, 1)
