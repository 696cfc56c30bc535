"""Times, spans, sums and findings as they are read aloud: filters of the library `ui`, which registers them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from kernel.errors import Text

BROKEN: Final[Mapping[str, Text]] = {
    "changed": pgettext_lazy("audit finding", "an entry was changed"),
    "reordered": pgettext_lazy("audit finding", "entries have changed places"),
    "deleted": pgettext_lazy("audit finding", "entries are missing"),
    "truncated": pgettext_lazy("audit finding", "the end was cut off"),
    "rewritten": pgettext_lazy("audit finding", "written anew after a checkpoint"),
    "head": pgettext_lazy("audit finding", "the head of a lane was changed"),
    "checkpoint": pgettext_lazy("audit finding", "a checkpoint is not genuine"),
    "closing": pgettext_lazy("audit finding", "a closed month differs"),
}
"""What a check of the chain found (kernel.chain.lanes.Finding), by its kind."""


def local_time(value: datetime | None) -> str:
    """A moment as people say it: today 14:05 · 11-18 14:05 · 2025-11-18 14:05."""
    return f"{local_day(value)} {timezone.localtime(value):%H:%M}" if value else ""


def brief_time(value: datetime | None) -> str:
    """A moment for a narrow column: like local_time, but of another year only the day."""
    if not value:
        return ""
    return (
        local_time(value) if timezone.localtime(value).year == timezone.localdate().year else local_day(value)
    )


def local_day(value: date | datetime | None) -> str:
    """A day as people say it: today · yesterday · 11-18 · 2025-11-18."""
    if not value:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    today = timezone.localdate()
    if day == today:
        return _("today")
    if day == today - timedelta(days=1):
        return _("yesterday")
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"


def full_day(value: date | datetime | None) -> str:
    """A day with its weekday, for headings and paper: 2026-11-21（周六）."""
    if not value:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return _("%(day)s (%(weekday)s)") % {"day": f"{day:%Y-%m-%d}", "weekday": names[day.weekday()]}


def exact_time(value: datetime | None) -> str:
    """A moment to the second, for audit and timelines: 2026-11-21 14:05:12."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def iso(value: datetime | date | None) -> str:
    """For the datetime attribute of <time>."""
    return value.isoformat() if value else ""


def duration(seconds: float | timedelta | None) -> str:
    """A span with its units: 2 days 3 h · 1 h 12 min · 6 min 40 s. Never a bare 3:12."""
    if seconds is None:
        return ""
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    days, hours, minutes = total // 86400, total % 86400 // 3600, total % 3600 // 60
    if days:
        first = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
        return f"{first} {_('%(n)d h') % {'n': hours}}" if hours else first
    if hours:
        first = _("%(n)d h") % {"n": hours}
        return f"{first} {_('%(n)d min') % {'n': minutes}}" if minutes else first
    if minutes >= 10:
        return _("%(n)d min") % {"n": minutes}
    if minutes and not total % 60:
        return _("%(n)d min") % {"n": minutes}
    rest = _("%(n)d s") % {"n": total % 60}
    return f"{_('%(n)d min') % {'n': minutes}} {rest}" if minutes else rest


def money(value: Decimal | None) -> str:
    """Yuan with thousands marks and two places, a true minus: 1,234.50."""
    return "" if value is None else f"{value:,.2f}".replace("-", "−")


def signed_money(value: Decimal | None) -> str:
    """A difference, always with its sign: +12.00, −3,018.44, 0.00."""
    if value is None:
        return ""
    return f"+{money(value)}" if value > 0 else money(value)


def broken_words(kind: str) -> Text:
    """A kind of broken place in the audit chain, in words."""
    return BROKEN.get(kind, kind)
