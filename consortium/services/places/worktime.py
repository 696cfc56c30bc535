"""Public holidays year by year, and the working hours of an institution."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.engine import holidays, worktime
from consortium.models import CalendarDay, Organisation, WorkingHours
from consortium.selectors.places import worktime as known
from kernel import audit, clock
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid

FIRST_YEAR, YEARS_AHEAD = 2020, 2


@transaction.atomic
def set_holidays(*, by: Actor, year: int, text: str) -> int:
    """Put a year's table of public holidays in the place of the one before; how many days it holds.

    Raises Refused (403) for whom the consortium office did not charge with it, Invalid (422) with the line that
    cannot be read.
    """
    known.keeps_calendar(by=by)
    if not FIRST_YEAR <= year <= clock.today().year + YEARS_AHEAD:
        raise Invalid(fields={"year": _("Give a year from 2020 up to the one after next.")})
    try:
        days = holidays.read(year, text)
    except ValueError as error:
        sentence = _("This line cannot be read, or names a day twice or of another year: %(line)s")
        raise Invalid(fields={"text": sentence % {"line": str(error)[:60]}}) from error
    before = known.otherwise(year)
    CalendarDay.objects.filter(day_date__range=(date(year, 1, 1), date(year, 12, 31))).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day_date=one.day, works=one.works, name=one.name) for one in days
    )
    audit.record(
        by=by,
        action="consortium.holidays_set",
        detail={"year": year, "before": holidays.write(before), "after": holidays.write(days)},
    )
    return len(days)


@transaction.atomic
def set_hours(
    *, by: Actor, organisation_id: UUID, week: Sequence[str], version: int | None = None
) -> WorkingHours:
    """Set an institution's working hours, seven texts, Monday first. Due times that run already stay as they are.

    Raises Invalid (422) for what cannot be read or a week without work, Conflict (409) when somebody was faster.
    """
    known.keeps_hours(by=by, organisation_id=organisation_id)
    days = _days(week)
    place = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    before = known.hours(place.pk)
    if version is not None and version != before.version:
        raise Conflict(code="version_conflict", detail={"version": before.version})
    row = WorkingHours.objects.create(
        organisation=place,
        version=before.version + 1,
        week=[[list(span) for span in day] for day in days],
        set_by_id=by.id if by.kind is Kind.STAFF else None,
        set_at=clock.now(),
    )
    audit.record(by=by, action="consortium.hours_set", subject=row, detail={"week": " | ".join(week)})
    return row


def _days(week: Sequence[str]) -> list[worktime.Day]:
    """The week. Raises Invalid (422) at the fields day_0 … day_6."""
    days: list[worktime.Day] = []
    wrong: dict[str, object] = {}
    for number, text in enumerate(week):
        try:
            days.append(worktime.day_of(text))
        except ValueError:
            wrong[f"day_{number}"] = _("Write hours as 8:00-12:00 14:00-17:30, or leave the day empty.")
    if not wrong and not any(days):
        wrong["day_0"] = _("A week has at least one day of work.")
    if wrong:
        raise Invalid(fields=wrong)  # type: ignore[arg-type]  # lazy sentences
    return days
