"""The year's public holidays (节假日安排) as the State Council's office publishes them each autumn, as a table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LONGEST: Final = 15
"""Days of one line; a longer holiday is a slip of the pen."""
MOST_DAYS: Final = 80
WORKED: Final = {"班": True, "work": True, "休": False, "rest": False}
_LINE: Final = re.compile(
    r"^(\d{4}-\d{2}-\d{2})(?:\s+(\d{4}-\d{2}-\d{2}))?\s+(休|班|rest|work)(?:\s+(.{1,20}))?$"
)

PUBLISHED: Final[Mapping[int, str]] = {
    2026: """2026-01-01 2026-01-03 休 元旦
2026-01-04 班 元旦
2026-02-15 2026-02-23 休 春节
2026-02-14 班 春节
2026-02-28 班 春节
2026-04-04 2026-04-06 休 清明节
2026-05-01 2026-05-05 休 劳动节
2026-05-09 班 劳动节
2026-06-19 2026-06-21 休 端午节
2026-09-25 2026-09-27 休 中秋节
2026-10-01 2026-10-07 休 国庆节
2026-09-20 班 国庆节
2026-10-10 班 国庆节""",
}
"""Of each year known when this release was made (2026: notice of the State Council's office of 4 November 2025)."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A day that is otherwise than its weekday: free (`works` False), or worked for a holiday."""

    day: date
    works: bool
    name: str


def read(year: int, text: str) -> list[Otherwise]:
    """The days of a year's table: a line each, `first [last] 休|班 name`.

    Raises ValueError with the line that is no such line, names a day of another year, or a day twice.
    """
    found: dict[date, Otherwise] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        for one in _line(line):
            if one.day.year != year or one.day in found:
                raise ValueError(line)
            found[one.day] = one
    if len(found) > MOST_DAYS:
        raise ValueError(str(len(found)))
    return [found[day] for day in sorted(found)]


def _line(line: str) -> list[Otherwise]:
    match = _LINE.match(line)
    if match is None:
        raise ValueError(line)
    first, last, works, name = match.groups()
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError(line) from None
    if not 0 <= (end - start).days < LONGEST:
        raise ValueError(line)
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [Otherwise(day, WORKED[works], name or "") for day in days]


def write(days: list[Otherwise]) -> str:
    """The table of these days, runs on one line."""
    lines: list[list[Otherwise]] = []
    for one in sorted(days, key=lambda one: one.day):
        last = lines[-1][-1] if lines else None
        if last and (last.works, last.name, last.day + timedelta(days=1)) == (one.works, one.name, one.day):
            lines[-1].append(one)
        else:
            lines.append([one])
    return "\n".join(_written(run) for run in lines)


def _written(run: list[Otherwise]) -> str:
    until = [run[-1].day.isoformat()] if len(run) > 1 else []
    return " ".join([run[0].day.isoformat(), *until, "班" if run[0].works else "休", run[0].name]).strip()
