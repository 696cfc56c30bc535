"""Alarms as the security manager's page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.choices import AlarmVerdict
from consortium.policies import ALARM
from consortium.selectors.known import names, organisation_names
from consortium.selectors.managers.watch import alarm_rules
from kernel import alarms as kinds
from kernel.actor import Actor
from kernel.errors import Text
from kernel.models import Alarm, AlarmRule

PAGE: Final = 50
ANSWERED_WITHIN: Final = {1: timedelta(hours=8), 2: timedelta(minutes=30), 3: timedelta(minutes=10)}
"""How long an alarm of each level may wait for somebody before others are told too."""
WORDS: Final[dict[str, Text]] = {
    "counted": _("counted"),
    "threshold": _("Threshold"),
    "minutes": _("Within minutes"),
    "path": _("Page asked for"),
    "reason": _("Reason"),
    "model": _("Record"),
    "found": pgettext_lazy("alarm", "found"),
    "places": _("Broken places"),
    "kind": _("Kind"),
}
"""What the details of an alarm are called; others are shown by their own name."""
SHOWN: Final = {
    "": Q(closed_at__isnull=True),
    "closed": Q(closed_at__isnull=False),
}


@dataclass(frozen=True)
class AlarmRow:
    """One alarm in the words of the page. `due_at`: until when somebody must have taken it over."""

    alarm: Alarm
    name: Text
    who: str
    where: str
    due_at: datetime
    taken_by: str = ""
    closed_by: str = ""
    verdict: Text = ""

    @property
    def details(self) -> list[tuple[Text, str]]:
        """What was noted with it, in words."""
        return [(WORDS.get(key, key), str(value)) for key, value in sorted(self.alarm.detail.items())]

    @property
    def state(self) -> str:
        """waiting, taken or closed."""
        if self.alarm.closed_at:
            return "closed"
        return "taken" if self.alarm.taken_at else "waiting"


@dataclass(frozen=True)
class RuleRow:
    """One rule: what it is called, and how its address names it."""

    rule: AlarmRule
    name: Text
    slug: str


def alarms(*, by: Actor, show: str = "", page: int = 1) -> tuple[list[AlarmRow], bool]:
    """A page of alarms: open ones, the loudest and oldest first; with `show` "closed" the last ones closed."""
    rows = ALARM.rows(by, "view").filter(SHOWN.get(show, SHOWN[""]))
    order = ("-closed_at", "-pk") if show == "closed" else ("taken_at", "-level", "raised_at", "pk")
    start = (page - 1) * PAGE
    cut = list(rows.order_by(*order)[start : start + PAGE + 1])
    return _rows(cut[:PAGE]), len(cut) > PAGE


def rules_shown(*, by: Actor) -> list[RuleRow]:
    """Every rule in the words of the page."""
    ALARM.ask(by, "view")
    return [rule_shown(rule) for rule in alarm_rules()]


def rule_shown(rule: AlarmRule) -> RuleRow:
    """One rule in the words of the page."""
    return RuleRow(rule=rule, name=kinds.name(rule.code), slug=rule.code.rpartition(".")[2])


def alarm(*, by: Actor, alarm_id: UUID) -> AlarmRow:
    """One alarm. Raises OutOfReach (404) when there is none."""
    return _rows([ALARM.fetch(by, "view", alarm_id)])[0]


def alarms_waiting(*, by: Actor) -> tuple[int, int]:
    """How many alarms nobody has taken over, and how many of them are late."""
    if not ALARM.allows(by, "view"):
        return 0, 0
    waiting = ALARM.rows(by, "view").filter(taken_at=None, closed_at=None)
    return waiting.count(), waiting.exclude(escalated_at=None).count()


def _rows(found: Iterable[Alarm]) -> list[AlarmRow]:
    rows = list(found)
    people = names({pk for row in rows for pk in (row.taken_by, row.closed_by, row.actor_id)})
    places = organisation_names({row.organisation for row in rows})

    def name_of(known: dict[UUID, str], pk: UUID | None) -> str:
        return known.get(pk, "") if pk else ""

    return [
        AlarmRow(
            alarm=row,
            name=kinds.name(row.code),
            who=name_of(people, row.actor_id) or row.actor_name,
            where=name_of(places, row.organisation),
            due_at=row.raised_at + ANSWERED_WITHIN[row.level],
            taken_by=name_of(people, row.taken_by),
            closed_by=name_of(people, row.closed_by),
            verdict=AlarmVerdict(row.verdict).label if row.verdict else "",
        )
        for row in rows
    ]
