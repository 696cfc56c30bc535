"""The audit manager's week: numbers out of the chain, made on Monday, kept as they were (8.1.5.2)."""

from datetime import date, timedelta
from typing import Any, Final

from django.db import connections, transaction

from consortium import selectors
from consortium.policies import AUDIT
from kernel import audit, clock
from kernel.actor import Actor
from kernel.chain import checkpoint
from kernel.models import Alarm, AuditCheck, AuditReport

MOST: Final = 10
LAST: Final = timedelta(days=6)
"""From the first day of a week to its last."""
WEEK: Final = """
FROM kernel_auditentry WHERE id >= %(first)s AND id < %(beyond)s AND at >= %(start)s AND at < %(end)s
"""
BY_DAY: Final = f"""
SELECT (at AT TIME ZONE 'Asia/Shanghai')::date::text, count(*), count(*) FILTER (WHERE outcome = 'refused'),
       count(*) FILTER (WHERE outcome = 'failure')
{WEEK} GROUP BY 1 ORDER BY 1
"""
BY_ROOM: Final = f"SELECT split_part(action, '.', 1), count(*) {WEEK} GROUP BY 1 ORDER BY 2 DESC, 1"
BY_WHO: Final = f"""
SELECT actor_name, count(*) {WEEK} AND outcome <> 'success' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST}
"""
READERS: Final = f"""
SELECT actor_name, count(DISTINCT patient) {WEEK} AND actor_kind = 'staff' AND patient IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST}
"""
NAMED: Final = f"SELECT action, count(*) {WEEK} AND action = ANY(%(actions)s) GROUP BY 1 ORDER BY 1"
WATCHED: Final = (
    "access.record_opened", "access.glass_broken", "emr.identity_revealed", "export.made",
    "consortium.signed_in", "consortium.post_given", "consortium.post_ended", "consortium.account_created",
    "consortium.change_approved", "consortium.audit_exported", "keys.rotated",
)  # fmt: skip
"""What an auditor asks about first, each with its number."""


@transaction.atomic
def write_report(*, by: Actor, week: date | None = None) -> AuditReport:
    """The report of a week (the last whole one); a report that stands is not made anew."""
    AUDIT.ask(by, "report")
    start = clock.monday(week or clock.today() - timedelta(days=7))
    if known := AuditReport.objects.filter(week_date=start).first():
        return known
    made = AuditReport.objects.create(week_date=start, made_at=clock.present(), body=_body(start))
    detail = {"week": start.isoformat(), "entries": made.body["entries"]}
    audit.record(by=by, action="consortium.audit_reported", subject=made, detail=detail)
    return made


@transaction.atomic
def open_report(*, by: Actor, week: date) -> AuditReport:
    """A report to read or print; that somebody took it in hand is recorded."""
    found = selectors.report(by=by, week=week)
    audit.record(by=by, action="consortium.audit_report_opened", subject=found)
    return found


def _body(monday_of: date) -> dict[str, Any]:
    start, end = clock.day_bounds(monday_of)[0], clock.day_bounds(monday_of + LAST)[1]
    first, beyond = audit.edge(start, -1), audit.edge(end, 1)
    values: dict[str, Any] = {
        "start": start,
        "end": end,
        "first": first,
        "beyond": beyond,
        "actions": list(WATCHED),
    }
    with connections["audit"].cursor() as cursor:

        def rows(statement: str) -> list[list[Any]]:
            cursor.execute(statement, values)
            return [list(row) for row in cursor.fetchall()]

        days = rows(BY_DAY)
        parts = {"days": days, "rooms": rows(BY_ROOM), "named": rows(NAMED), "failing": rows(BY_WHO)}
        parts["readers"] = rows(READERS)
    alarms = Alarm.objects.filter(raised_at__gte=start, raised_at__lt=end)
    checks = AuditCheck.objects.filter(finished_at__gte=start, finished_at__lt=end)
    return {
        **parts,
        "entries": sum(day[1] for day in days),
        "refused": sum(day[2] for day in days),
        "failed": sum(day[3] for day in days),
        "alarms": [[one.code, str(one.verdict), one.closed_at is not None] for one in alarms.order_by("pk")],
        "checks": [checks.count(), checks.filter(sound=False).count()],
        "checkpoints": checkpoint.last()[0],
    }
