"""What a sheet must hold (处方管理办法), and what a village doctor keeps to."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.choices import Licence
from emr.prescriptions.choices import (
    DAYS,
    LONGEST_VALID_REASON,
    MOST_MEDICINES,
    MOST_VALID,
    OFTEN,
    PACKS,
    UNITS,
    Kind,
    Route,
)
from emr.prescriptions.engine import checks
from emr.prescriptions.engine.sheet import Line
from emr.prescriptions.selectors import record
from kernel.errors import Invalid, Text

LONGEST_NAME, LONGEST_STRENGTH, LONGEST_NOTE = 80, 40, 60
MOST_PACKS = 999
MOST_DOSE = Decimal(100_000)


def check_sheet(kind: str, long_reason: str, lines: Sequence[Line]) -> None:
    """Raises Invalid (422) with a sentence for each field that is wrong; lines are named `name_1` …"""
    wrong: dict[str, Text] = {}
    if kind not in Kind.values:
        raise Invalid(fields={"kind": _("Choose the kind of prescription.")})
    if kind == Kind.LONG and not long_reason:
        wrong["long_reason"] = _("Say for which chronic disease, and that it is stable.")
    if not lines:
        wrong["name_1"] = _("Name at least one medicine.")
    if len(lines) > MOST_MEDICINES:
        wrong[f"name_{MOST_MEDICINES}"] = _("At most five medicines on one sheet: write another one.")
    for number, line in enumerate(lines, 1):
        wrong |= {f"{name}_{number}": words for name, words in _line(kind, line).items()}
    wrong |= _twice(lines)
    if wrong:
        raise Invalid(fields=wrong)


def check_validity(days: int, reason: str) -> None:
    """Raises Invalid for a validity the rule does not know: a longer one than the day needs its special circumstances
    said (处方管理办法 art. 18)."""
    wrong: dict[str, Text] = {}
    if not 1 <= days <= MOST_VALID:
        wrong["valid_days"] = _("A prescription is valid three days at most, today counted in.")
    if days > 1 and not reason:
        wrong["valid_reason"] = _("Say why it has to be valid longer than today.")
    if len(reason) > LONGEST_VALID_REASON:
        wrong["valid_reason"] = _("At most 60 characters.")
    if wrong:
        raise Invalid(fields=wrong)


def _line(kind: str, line: Line) -> dict[str, Text]:
    most = DAYS[kind]
    tests: list[tuple[str, bool, Text]] = [
        ("name", 0 < len(line.name) <= LONGEST_NAME, _("Name the medicine, in at most 80 characters.")),
        ("name", not checks.special(line.name), _("Narcotics go on their own red sheet, on paper.")),
        ("strength", len(line.strength) <= LONGEST_STRENGTH, _("At most 40 characters.")),
        ("note", len(line.note) <= LONGEST_NOTE, _("At most 60 characters.")),
        ("dose", line.dose.is_finite() and 0 < line.dose <= MOST_DOSE, _("How much each time?")),
        ("unit", line.unit in UNITS, pgettext("prescription", "Choose the unit.")),
        ("often", line.often in OFTEN, pgettext("prescription", "Choose how often.")),
        ("route", line.route in Route.values, pgettext("prescription", "Choose the way.")),
        (
            "days",
            0 < line.days <= most,
            _("Between 1 and %(most)d days on this kind of sheet.") % {"most": most},
        ),
        ("amount", 0 < line.amount <= MOST_PACKS, _("How much is handed out?")),
        ("pack", line.pack in PACKS, pgettext("prescription", "Choose the pack.")),
    ]
    return {field: words for field, holds, words in reversed(tests) if not holds}


def _twice(lines: Sequence[Line]) -> dict[str, Text]:
    """A medicine stands on one sheet once."""
    return {
        f"name_{number}": _("This medicine stands on the sheet already.")
        for number, line in enumerate(lines, 1)
        if any(checks.same(line.name, other.name) for other in lines[: number - 1])
    }


def check_list(held: str, organisation_id: UUID, lines: Sequence[Line]) -> None:
    """Raises Invalid for what a village doctor may not prescribe: he keeps to the list of his clinic."""
    if held != Licence.VILLAGE_DOCTOR:
        return
    outside = record.unlisted(organisation_id=organisation_id, names=[line.name for line in lines])
    words = _("A village doctor prescribes what stands on the clinic's list.")
    wrong = {f"name_{number}": words for number, line in enumerate(lines, 1) if line.name in outside}
    if wrong:
        raise Invalid(fields=wrong)
