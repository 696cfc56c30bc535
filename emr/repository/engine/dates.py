"""FHIR dates as spans of time: `2024-05` is the whole of May, in the county's time zone when none is given."""

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

COUNTY = timezone(timedelta(hours=8))
_SHAPE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
_TICK = timedelta(microseconds=1)
_EARLIEST = datetime(1800, 1, 1, tzinfo=COUNTY)
_LATEST = datetime.max.replace(tzinfo=COUNTY)

Span = tuple[datetime, datetime]
"""First and last moment, both included."""


def _zone(text: str | None) -> Any:
    if text is None:
        return COUNTY
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _day_span(year: int, month: str | None, day: str | None) -> Span:
    first = datetime(year, int(month or 1), int(day or 1), tzinfo=COUNTY)
    last_month = int(month or 12)
    last = int(day) if day else calendar.monthrange(year, last_month)[1]
    return first, datetime(year, last_month, last, 23, 59, 59, 999999, tzinfo=COUNTY)


@lru_cache(maxsize=4096)
def span(text: str) -> Span | None:
    """The moments `text` (date, dateTime, instant) covers, None when it is no date of the calendar."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        if hour is None:
            return _day_span(int(year), month, day)
        micro = int((fraction or "0")[:6].ljust(6, "0"))
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, _zone(zone)
        )
        width = (
            timedelta(0)
            if fraction
            else (timedelta(seconds=1) - _TICK if second else timedelta(minutes=1) - _TICK)
        )
        return moment.astimezone(UTC), (moment + width).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def in_record(text: str) -> bool:
    """Whether a record may bear this date: one of the calendar, from 1800 to the end of 9999 as the county counts.

    A day that database or page cannot tell in the county's time would shut the whole chart; 9999-12-31 is what many
    systems write for "until further notice".
    """
    found = span(text)
    return found is not None and found[0] >= _EARLIEST and found[1] <= _LATEST


def of_element(value: Any) -> tuple[datetime | None, datetime | None]:
    """The span of a dateTime, a Period or a Timing; open ends are None."""
    if isinstance(value, str):
        return span(value) or (None, None)
    if not isinstance(value, dict):
        return None, None
    if "event" in value or "repeat" in value:
        return _of_timing(value)
    start, end = value.get("start"), value.get("end")
    low = span(start) if isinstance(start, str) else None
    high = span(end) if isinstance(end, str) else None
    return (low[0] if low else None), (high[1] if high else None)


def _of_timing(value: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    spans = [found for text in value.get("event") or () if isinstance(text, str) and (found := span(text))]
    if spans:
        return min(found[0] for found in spans), max(found[1] for found in spans)
    bounds = (value.get("repeat") or {}).get("boundsPeriod")
    return of_element(bounds) if bounds else (None, None)


def stamp(moment: datetime) -> str:
    """meta.lastUpdated: milliseconds, in UTC."""
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"
