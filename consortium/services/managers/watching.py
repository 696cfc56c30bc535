"""Watching the audit record: every rule looks at what came since it looked last, however long that was."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.choices import NoticeLevel, Role
from consortium.kinds import Line, Payload, change_kind
from consortium.models import Change
from consortium.policies import RULE
from consortium.selectors.managers.alarms import ANSWERED_WITHIN
from consortium.services.news.notices import Recipients, notify
from consortium.services.rights.changes import propose
from kernel import alarms, audit, clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.models import Alarm, AlarmRule
from kernel.said import phrase

FURTHEST: Final = timedelta(days=1)
"""After a longer standstill the rules begin a day back."""


def watch(*, by: Actor) -> int:
    """Run every rule up to now; how many alarms were raised. Each rule keeps how far it has looked.

    A restart loses nothing: what came meanwhile is looked at in steps of half the rule's window.
    """
    return sum(_watch_one(by, rule.code) for rule in selectors.alarm_rules() if rule.enabled)


@transaction.atomic
def _watch_one(by: Actor, code: str) -> int:
    rule = AlarmRule.objects.select_for_update(skip_locked=True).filter(code=code, enabled=True).first()
    if rule is None:  # another process is looking
        return 0
    now, window = clock.present(), timedelta(minutes=rule.minutes)
    found: dict[UUID | str, selectors.Hit] = {}
    for end in _steps(max(rule.seen_until or now, now - FURTHEST), now, window / 2):
        for hit in selectors.hits(rule, end - window, end):
            known = found.setdefault(hit.by.id or hit.by.address, hit)
            if hit.counted > known.counted:
                found[hit.by.id or hit.by.address] = hit
    for hit in found.values():
        detail = {"counted": hit.counted, "minutes": rule.minutes, "threshold": rule.threshold}
        alarms.alarm(code, by=hit.by, level=rule.level, detail=detail)
    if found:
        audit.record(by=by, action="consortium.rule_matched", subject=rule, detail={"hits": len(found)})
    rule.seen_until = now
    rule.save(update_fields=["seen_until"])
    return len(found)


def _steps(start: datetime, end: datetime, stride: timedelta) -> list[datetime]:
    """The moments at which the window is looked at, the last one `end`."""
    count = max(0, int((end - start) / stride))
    return [start + stride * number for number in range(1, count + 1)] + [end]


@transaction.atomic
def escalate_alarms(*, by: Actor) -> int:
    """Tell the other managers of alarms nobody took over in time; how many there were."""
    now, told = clock.present(), 0
    waiting = Alarm.objects.filter(taken_at=None, closed_at=None, escalated_at=None)
    for alarm in waiting.select_for_update(skip_locked=True).order_by("pk"):
        if alarm.raised_at + ANSWERED_WITHIN[alarm.level] > now:
            continue
        alarm.escalated_at = now
        alarm.save(update_fields=["escalated_at"])
        audit.record(by=by, action="consortium.alarm_escalated", subject=alarm, detail={"code": alarm.code})
        others = [
            *selectors.everywhere(Role.SYSTEM_MANAGER), *selectors.everywhere(Role.AUDIT_MANAGER),
            *selectors.everywhere(Role.SECURITY_MANAGER),
        ]  # fmt: skip
        notify(
            by=by,
            key=f"alarm:{alarm.pk}:escalated",
            recipients=Recipients(staff=others),
            level=NoticeLevel.URGENT,
            title=phrase(_("A security alarm waits unanswered: %(alarm)s"), alarm=alarms.name(alarm.code)),
        )
        told += 1
    return told


@transaction.atomic
def propose_rule(*, by: Actor, code: str, payload: Payload, reason: str) -> Change:
    """Ask for another threshold; a second person approves it. Raises as `propose`."""
    RULE.ask(by, "change")
    whole = {"code": selectors.alarm_rule(by=by, code=code).code, **payload}
    audit.record(by=by, action="consortium.rule_proposed", detail={"code": code})
    return propose(by=by, kind="alarm.rule", subject=None, payload=whole, reason=reason)


@transaction.atomic
def change_rule(*, by: Actor, code: str, threshold: int, minutes: int, enabled: bool) -> AlarmRule:
    """Another threshold for a rule; applied once a second person agreed (`consortium.kinds`)."""
    RULE.ask(by, "change")
    rule = AlarmRule.objects.select_for_update().get(code=code)
    rule.threshold, rule.minutes, rule.enabled, rule.changed_at = threshold, minutes, enabled, clock.present()
    rule.save(update_fields=["threshold", "minutes", "enabled", "changed_at"])
    detail: dict[str, str | int | bool] = {
        "code": code,
        "threshold": threshold,
        "minutes": minutes,
        "enabled": enabled,
    }
    audit.record(by=by, action="consortium.rule_changed", subject=rule, detail=detail)
    return rule


def _apply(by: Actor, payload: Payload) -> None:
    change_rule(by=by, **payload)


def _compare(payload: Payload) -> list[Line]:
    rule = AlarmRule.objects.get(code=payload["code"])
    now, then = (_("on") if on else _("off") for on in (rule.enabled, payload["enabled"]))
    return [
        (_("Threshold"), str(rule.threshold), str(payload["threshold"])),
        (_("Within minutes"), str(rule.minutes), str(payload["minutes"])),
        (_("Rule"), now, then),
    ]


def _described(payload: Payload) -> Text:
    return _("Threshold of the alarm: %(alarm)s") % {"alarm": alarms.name(payload["code"])}


change_kind("alarm.rule", apply=_apply, describe=_described, compare=_compare, label=_("Alarm rule"))
