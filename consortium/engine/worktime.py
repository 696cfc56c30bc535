"""Working time of one place: adding hours that pass only while somebody works there.

A week of working hours, and the days of the year that are otherwise than their weekday: public holidays
(法定节假日) and the days worked for them (调休). Asia/Shanghai has no summer time, so a local day always has 24 hours.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Final

Span = tuple[int, int]
"""From and to, in minutes of the day (0 … 1440)."""
Day = tuple[Span, ...]
Week = tuple[Day, ...]
"""Seven days, Monday first."""

BEIJING: Final = timezone(timedelta(hours=8))
MIDNIGHT: Final = 24 * 60
MOST_SPANS: Final = 4
A_DAY: Final = timedelta(days=1)
OFFICE_DAY: Final[Day] = ((8 * 60, 12 * 60), (14 * 60, 17 * 60 + 30))
OFFICE_WEEK: Final[Week] = (OFFICE_DAY,) * 5 + ((), ())
"""Monday to Friday, 8:00-12:00 and 14:00-17:30: where nothing else was entered."""
_SPAN: Final = re.compile(r"^(\d{1,2})[:：](\d{2})[-–~～](\d{1,2})[:：](\d{2})$")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one place works. `days` holds the days that are otherwise than their weekday: True is worked."""

    week: Week = OFFICE_WEEK
    days: Mapping[date, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a week has seven days, one of them worked")

    def spans(self, day: date) -> Day:
        """Working hours of a day. A day worked for a holiday on a free weekday has an ordinary day's hours."""
        works = self.days.get(day)
        own = self.week[day.weekday()]
        if works is None:
            return own
        return (own or next(hours for hours in self.week if hours)) if works else ()

    @property
    def full_day(self) -> timedelta:
        """What one working day (工作日) is: the longest day of the week."""
        return timedelta(minutes=max(sum(end - start for start, end in day) for day in self.week))

    def working(self, span: timedelta) -> timedelta:
        """The working time that a span of days stands for: 24 hours are one working day."""
        return self.full_day * (span / A_DAY)

    def works_at(self, moment: datetime) -> bool:
        """Whether somebody works at `moment` (aware)."""
        local = moment.astimezone(BEIJING)
        return any(start <= moment < end for start, end in self._spans_of(local.date()))

    def add(self, moment: datetime, span: timedelta) -> datetime:
        """The moment when `span` of working time has passed since `moment` (aware), in UTC; never outside of it.

        Raises ValueError for a negative span.
        """
        if span < timedelta():
            raise ValueError("working time is added, never taken away")
        for start, end in self._from(moment):
            left = end - max(start, moment)
            if span <= left:
                return (max(start, moment) + span).astimezone(UTC)
            span -= max(left, timedelta())
        raise AssertionError("a week with working hours never ends")

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every working span that ends at or after `moment`, in order, for ever."""
        day = moment.astimezone(BEIJING).date() - A_DAY
        while True:
            yield from (span for span in self._spans_of(day) if span[1] >= moment)
            day += A_DAY

    def _spans_of(self, day: date) -> list[tuple[datetime, datetime]]:
        dawn = datetime.combine(day, time(), BEIJING)
        return [
            (dawn + timedelta(minutes=start), dawn + timedelta(minutes=end)) for start, end in self.spans(day)
        ]


def day_of(text: str) -> Day:
    """`8:00-12:00 14:00-17:30` as spans; nothing is a day off. Raises ValueError for what is no such text."""
    spans = [_span(part) for part in text.replace(",", " ").replace("，", " ").replace("、", " ").split()]
    if len(spans) > MOST_SPANS or any(later[0] < one[1] for one, later in pairwise(spans)):
        raise ValueError(text)
    return tuple(spans)


def _span(text: str) -> Span:
    found = _SPAN.match(text)
    if found is None:
        raise ValueError(text)
    hours, minutes, until, past = (int(part) for part in found.groups())
    start, end = hours * 60 + minutes, until * 60 + past
    if minutes > 59 or past > 59 or not 0 <= start < end <= MIDNIGHT:
        raise ValueError(text)
    return start, end


def text_of(day: Day) -> str:
    """Spans as people write them."""
    return " ".join(f"{a // 60}:{a % 60:02d}-{b // 60}:{b % 60:02d}" for a, b in day)
