"""Ages as they are said: days under one month, months under two years, then years."""

from datetime import date


def age(born: date, on: date) -> tuple[int, str]:
    """The number and its unit: "days", "months" or "years"."""
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < 1:
        return max((on - born).days, 0), "days"
    if months < 24:
        return months, "months"
    return months // 12, "years"
