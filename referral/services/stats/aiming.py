"""The consortium office sets the goals of the statistics' indicators."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import audit, clock
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, Refused, Text
from referral.models import IndicatorGoal
from referral.policies import GOAL
from referral.selectors.stats.goals import WITH_GOAL, known_on, last_number, may_set_goals


@transaction.atomic
def set_goals(
    *, by: Actor, goals: Mapping[str, Decimal | None], since: date, reason: str, version: int | None
) -> int:
    """Goals in per cent by indicator, from `since` (today or later) on; None takes one away; how many changed.

    What was counted before keeps the goal of its time. Raises Refused (403) outside of the consortium office, Invalid
    (422) without a reason or outside of 0 to 100, Conflict (409) when somebody changed them meanwhile (`version`: how
    many changes the page had seen).
    """
    GOAL.ask(by, "set")
    if not may_set_goals(by=by):
        raise Refused(detail={"action": "set", "model": "referral.indicatorgoal"})
    number = last_number()
    if version is not None and version != number:
        raise Conflict(code="version_conflict")
    if wrong := _wrong(goals, since, reason):
        raise Invalid(fields=wrong)
    now = known_on(since)
    changed = [code for code, one in goals.items() if (None if one is None else float(one)) != now[code].goal]
    for place, code in enumerate(changed, number + 1):
        row = _set(by, place, code, goals[code], since, reason.strip())
        told = {
            "indicator": code,
            "before": str(now[code].goal),
            "after": str(goals[code]),
            "since": str(since),
        }
        audit.record(by=by, action="referral.goal_set", subject=row, detail=told)
    audit.record(by=by, action="referral.goals_set", detail={"changed": len(changed)})
    return len(changed)


def _set(
    by: Actor, number: int, code: str, wanted: Decimal | None, since: date, reason: str
) -> IndicatorGoal:
    with told_as(Conflict(code="version_conflict"), "referral_indicatorgoal_number_key"):
        return IndicatorGoal.objects.create(
            number=number, code=code, per_cent=wanted, since_date=since, reason=reason, set_by_id=by.person,
            set_at=clock.now(),
        )  # fmt: skip


def _wrong(goals: Mapping[str, Decimal | None], since: date, reason: str) -> dict[str, Text]:
    wrong: dict[str, Text] = {
        code: _("A goal lies between 0 and 100 per cent.")
        for code, one in goals.items()
        if code not in WITH_GOAL or (one is not None and not 0 <= one <= 100)
    }
    if since < clock.today():
        wrong["since"] = _("A goal counts from today or later: what was counted keeps the goal of its time.")
    if not reason.strip():
        wrong["reason"] = _("Say who decided the goals, and when.")
    return wrong
