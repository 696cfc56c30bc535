"""Alarms (告警): the security managers are told, one of them takes it over and closes it with a finding."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.choices import AlarmVerdict, Role
from consortium.policies import ALARM
from consortium.services.news.notices import Recipients, close_notice, notify
from kernel import alarms, audit, clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.models import Alarm

PAGE: Final = "/security/alarms/"
SHORTEST: Final = 5
"""Characters of a finding that says something."""


def notice_key(alarm_id: UUID) -> str:
    return f"alarm:{alarm_id}"


@transaction.atomic
def tell_alarm(*, by: Actor, alarm_id: UUID) -> int:
    """Tell every security manager of the county once; how many were told."""
    alarm = Alarm.objects.get(pk=alarm_id)
    audit.record(by=by, action="consortium.alarm_told", subject=alarm, detail={"code": alarm.code})
    return notify(
        by=by,
        key=notice_key(alarm_id),
        recipients=Recipients(staff=selectors.everywhere(Role.SECURITY_MANAGER)),
        level=alarm.level,
        title=alarms.name(alarm.code),
        url=f"{PAGE}{alarm_id}/",
    )


@transaction.atomic
def take_alarm(*, by: Actor, alarm_id: UUID, version: int | None) -> Alarm:
    """Say that one looks into it; it no longer escalates. Raises Conflict when somebody was faster."""
    alarm = _held(by, "take", alarm_id, version)
    if alarm.taken_at:
        raise Conflict
    alarm.taken_by, alarm.taken_at, alarm.version = by.person, clock.now(), alarm.version + 1
    alarm.save(update_fields=["taken_by", "taken_at", "version"])
    audit.record(by=by, action="consortium.alarm_taken", subject=alarm, detail={"code": alarm.code})
    close_notice(by=by, key=notice_key(alarm_id))
    return alarm


@transaction.atomic
def close_alarm(*, by: Actor, alarm_id: UUID, version: int | None, verdict: str, finding: str) -> Alarm:
    """Close it with what was found. Raises Invalid without a finding, Conflict when it was closed meanwhile."""
    alarm = _held(by, "close", alarm_id, version)
    if len(finding.strip()) < SHORTEST:
        raise Invalid(fields={"finding": _("Write what you found, in a sentence.")}, code="finding_missing")
    now = clock.now()
    if not alarm.taken_at:
        alarm.taken_by, alarm.taken_at = by.person, now
    alarm.verdict, alarm.finding = AlarmVerdict(verdict), finding.strip()
    alarm.closed_by, alarm.closed_at, alarm.version = by.person, now, alarm.version + 1
    alarm.save(
        update_fields=["taken_by", "taken_at", "verdict", "finding", "closed_by", "closed_at", "version"]
    )
    detail = {"code": alarm.code, "verdict": verdict}
    audit.record(by=by, action="consortium.alarm_closed", subject=alarm, detail=detail)
    close_notice(by=by, key=notice_key(alarm_id))
    return alarm


def _held(by: Actor, action: str, alarm_id: UUID, version: int | None) -> Alarm:
    """The alarm, locked, as the person saw it."""
    alarm = ALARM.fetch(by, action, alarm_id, lock=True)
    if version not in (None, alarm.version) or alarm.closed_at:
        raise Conflict
    return alarm
