"""The table of specially protected data: what it says now, compiled once for some seconds in every process."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Final
from uuid import UUID

from emr.access.choices import RuleSystem, Sensitive
from emr.access.engine.sensitivity import Rule, Rules
from emr.access.models import LabelRule
from emr.access.policies import LABEL_RULE
from kernel import alarms, clock, guarded
from kernel.actor import Actor
from kernel.errors import Text

SECONDS: Final = 10.0
"""So long a process goes by what it read; the sweep after a change reaches further back than that."""
SHIPPED: Final = Path(__file__).resolve().parents[3] / "fixtures" / "catalogue" / "label_rules.tsv"

_kept: list[tuple[float, Rules]] = []


def rules() -> Rules:
    """The rules in force."""
    if _kept and _kept[0][0] > monotonic():
        return _kept[0][1]
    found = Rules(_in_force())
    _kept[:] = [(monotonic() + SECONDS, found)]
    return found


def forget() -> None:
    """Read the table anew at the next question: it was changed here."""
    _kept.clear()


def _in_force() -> list[Rule]:
    """Rows as they stand. One that was changed past the house is no reason to protect less: the shipped table counts
    beside what is left."""
    rows, now = list(LabelRule.objects.order_by("pk")), clock.now()
    damaged = [row for row in rows if not guarded.intact(row)]
    found = [
        Rule(row.system, row.value, row.category, row.label)
        for row in rows
        if row not in damaged and (row.until_at is None or row.until_at > now)
    ]
    for row in damaged:
        alarms.alarm("kernel.row_damaged", level=3, subject=row)
    return found + (shipped() if damaged else [])


def shipped() -> list[Rule]:
    """The table the house came with."""
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        read = csv.DictReader(lines, delimiter="\t")
        return [Rule(one["system"], one["value"], one["category"], int(one["label"])) for one in read]


@dataclass(frozen=True, slots=True)
class LabelLine:
    """One line of the table for the security manager."""

    id: UUID
    system_text: Text
    value: str
    words: str
    category: str
    category_text: Text
    label: int
    since_at: datetime
    given_by: str


def label_lines(*, by: Actor) -> list[LabelLine]:
    """The rules in force, by category."""
    rows = LABEL_RULE.rows(by, "view").filter(until_at__isnull=True).order_by("category", "system", "value")
    return [
        LabelLine(
            row.pk,
            RuleSystem(row.system).label,
            row.value,
            row.words,
            row.category,
            Sensitive(row.category).label,
            row.label,
            row.since_at,
            row.given_by,
        )
        for row in rows
    ]


def may_propose(*, by: Actor) -> bool:
    """Whether this post proposes changes of the table."""
    return LABEL_RULE.allows(by, "propose")
