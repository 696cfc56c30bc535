"""A medicine in words, as it is read on the sheet, in the record and in a referral."""

from django.utils.translation import pgettext

from emr.prescriptions.choices import OFTEN, Route
from emr.prescriptions.engine.sheet import Line, plain


def directions(line: Line) -> str:
    """5 mg 每日一次（qd）口服，7 天"""
    words = {
        "dose": f"{plain(line.dose)} {line.unit}",
        "often": OFTEN[line.often].label,
        "route": Route(line.route).label,
        "days": line.days,
    }
    told = pgettext("prescription", "%(dose)s %(often)s, %(route)s, %(days)s days") % words
    return f"{told}；{line.note}" if line.note else told


def medicine(line: Line) -> str:
    """Name and strength."""
    return f"{line.name} {line.strength}".strip()


def amount(line: Line) -> str:
    """2 盒, never on two lines."""
    return f"{line.amount}\u00a0{line.pack}"
