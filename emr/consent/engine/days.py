"""Pure: ages and working days."""

from datetime import date, timedelta


def years_old(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def working_days_after(start: date, number: int) -> date:
    """The `number`th day from Monday to Friday after `start`. Public holidays are not known here: an answer due on
    one is due in truth a little later, never earlier."""
    day = start
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day
