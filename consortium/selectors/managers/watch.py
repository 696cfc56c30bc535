"""Rules over the audit record: what one person or one address did within some minutes that normal work is not.

Each rule is one statement over the entries of its window, found by the time their ids bear. `%(threshold)s` is
the rule's own; every rule answers who, where and how much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from consortium.policies import RULE
from kernel import alarms, clock
from kernel.actor import Actor, Kind
from kernel.models import AlarmRule


@dataclass(frozen=True)
class Hit:
    """Somebody a rule points at: who, and what was counted."""

    by: Actor
    counted: int


WINDOW: Final = """
WITH seen AS MATERIALIZED (
    SELECT * FROM kernel_auditentry
    WHERE id >= %(first)s AND id < %(beyond)s AND at >= %(start)s AND at < %(end)s
)
"""
BY_ACTOR: Final = """
SELECT actor_kind, actor_name, actor_id, max(organisation::text)::uuid, max(address), {counted}
FROM seen WHERE actor_id IS NOT NULL AND {condition}
GROUP BY actor_kind, actor_name, actor_id HAVING {counted} >= %(threshold)s {more}
ORDER BY actor_name
"""
BY_ADDRESS: Final = """
SELECT 'client', 'unknown', NULL::uuid, NULL::uuid, address, {counted}
FROM seen WHERE {condition} GROUP BY address HAVING {counted} >= %(threshold)s ORDER BY address
"""
HOUSE: Final = """
SELECT 'client', 'unknown', NULL::uuid, NULL::uuid, '', {counted}
FROM seen WHERE {condition} HAVING {counted} >= %(threshold)s
"""

RECORDS: Final = "count(DISTINCT patient)"
READING: Final = "outcome = 'success' AND patient IS NOT NULL"
SEARCHES: Final = "count(*) FILTER (WHERE action = 'emr.patient_searched')"
OPENINGS: Final = (
    "count(DISTINCT patient) FILTER (WHERE action IN ('access.record_opened', 'repository.opened'))"
)
# Somebody at work at this hour: on the roster, or seen at the same hour (an hour more or less) on another day of the
# last thirty.
UNUSUAL: Final = """
AND NOT EXISTS (
    SELECT 1 FROM consortium_dutyshift d
    WHERE d.staff_id = actor_id AND d.starts_at < %(end)s + interval '1 hour'
      AND d.ends_at > %(start)s - interval '1 hour')
AND NOT EXISTS (
    SELECT 1 FROM kernel_auditentry e
    WHERE e.actor_name = seen.actor_name AND e.id >= %(month)s AND e.id < %(today)s
      AND (extract(hour FROM e.at AT TIME ZONE 'Asia/Shanghai')::int - %(hour)s + 25) %% 24 <= 2)
"""
NIGHT: Final = "(extract(hour FROM at AT TIME ZONE 'Asia/Shanghai')::int + 2) %% 24 < 8"

# At an address where she acted for this one institution alone: two posts taken in turn at one PC are no journey.
APART: Final = """
actor_kind = 'staff' AND organisation IS NOT NULL AND address <> '' AND NOT EXISTS (
    SELECT 1 FROM seen o
    WHERE o.actor_id = seen.actor_id AND o.address = seen.address AND o.organisation <> seen.organisation)
"""

# Whoever reads sits at a workplace with a session; without one the house itself writes, loading a county by night.
STAFF: Final = f"actor_kind = 'staff' AND session <> '' AND {READING}"
RULES: Final[Mapping[str, str]] = {
    alarms.named("watch.mass_reading", _("One account opened very many patients' records")): BY_ACTOR.format(
        counted=RECORDS, condition=STAFF, more=""
    ),
    alarms.named("watch.client_reading", _("One interface read very many patients' records")): BY_ACTOR.format(
        counted=RECORDS, condition=f"actor_kind = 'client' AND {READING}", more=""
    ),
    alarms.named("watch.odd_hours", _("Records opened at night by somebody not on duty")): BY_ACTOR.format(
        counted=RECORDS, condition=f"{STAFF} AND {NIGHT} {UNUSUAL}", more=""
    ),
    alarms.named("watch.enumeration", _("Many patients asked for who are not there")): BY_ACTOR.format(
        counted="count(*)",
        condition="(action = 'access.out_of_reach' OR action = 'emr.patient_searched' AND detail->>'hits' = '0')",
        more="",
    ),
    alarms.named("watch.searching", _("Many searches for patients and hardly a record opened")): BY_ACTOR.format(
        counted=SEARCHES, condition="outcome = 'success'", more=f"AND {OPENINGS} * 10 <= {SEARCHES}"
    ),
    alarms.named("watch.two_places", _("One account at two institutions at the same time")): BY_ACTOR.format(
        counted="count(DISTINCT organisation)",
        condition=APART,
        more="",
    ),
    alarms.named("watch.refusals", _("One account was refused again and again")): BY_ACTOR.format(
        counted="count(*)", condition="outcome = 'refused'", more=""
    ),
    alarms.named("watch.locked_accounts", _("Many accounts were locked within minutes")): HOUSE.format(
        counted="count(DISTINCT subject_id)", condition="outcome = 'failure' AND detail->>'locked' = 'true'"
    ),
    alarms.named("watch.wrong_sign_ins", _("Many failed sign-ins from one address")): BY_ADDRESS.format(
        counted="count(*)", condition="outcome = 'failure' AND action LIKE 'consortium.%%' AND detail ? 'tries_left'"
    ),
}  # fmt: skip
"""Code of the alarm -> statement over its window."""


def hits(rule: AlarmRule, start: datetime, end: datetime) -> list[Hit]:
    """Whom the rule points at between `start` and `end`."""
    with connection.cursor() as cursor:
        cursor.execute(WINDOW + RULES[rule.code], _values(rule, start, end))
        return [Hit(_actor(*row[:5]), row[5]) for row in cursor.fetchall()]


def _values(rule: AlarmRule, start: datetime, end: datetime) -> dict[str, int | datetime | UUID]:
    today = clock.day_bounds(clock.day_of(end))[0]
    return {
        "threshold": rule.threshold,
        "start": start,
        "end": end,
        "first": _edge(start.timestamp() - 60),  # an id may be a little older than the time in its row
        "beyond": _edge(end.timestamp() + 60),
        "month": _edge(today.timestamp() - 30 * 86_400),
        "today": _edge(min(today.timestamp(), start.timestamp())),
        "hour": clock.local(end).hour,
    }


def _edge(seconds: float) -> UUID:
    """The first UUIDv7 of this moment."""
    return UUID(int=int(seconds * 1000) << 80)


def _actor(kind: str, name: str, pk: UUID | None, organisation: UUID | None, address: str) -> Actor:
    return Actor(kind=Kind(kind), name=name, id=pk, organisation=organisation, address=address)


def alarm_rules() -> list[AlarmRule]:
    """Every rule with its thresholds."""
    return [row for row in AlarmRule.objects.order_by("code") if row.code in RULES]


def alarm_rule(*, by: Actor, code: str) -> AlarmRule:
    """One rule, for whoever may propose another threshold. Raises OutOfReach (404) when there is none."""
    return RULE.fetch(by, "change", code)
