"""Which goals count on a day, and who set them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Max

from consortium import selectors as consortium
from kernel import clock
from kernel.actor import Actor
from referral.choices import INDICATORS, Indicator, Unit
from referral.models import IndicatorGoal
from referral.policies import GOAL

WITH_GOAL = tuple(code for code, one in INDICATORS.items() if one.unit == Unit.SHARE)
"""Indicators that can have a goal: shares."""


@dataclass(frozen=True, slots=True)
class Goals:
    """The page of definitions: every indicator with the goal that counts today, the changes newest first."""

    indicators: Sequence[Indicator]
    changes: Sequence[tuple[Indicator, IndicatorGoal]]
    may_set: bool
    version: int


def known_on(day: date) -> Mapping[str, Indicator]:
    """Every indicator with the goal that counts on this day; one statement."""
    rows = IndicatorGoal.objects.filter(since_date__lte=day).order_by("code", "-since_date", "-number")
    newest = dict(rows.distinct("code").values_list("code", "per_cent"))
    return {
        code: replace(one, goal=float(told) if (told := newest[code]) is not None else None)
        if code in newest
        else one
        for code, one in INDICATORS.items()
    }


def last_number() -> int:
    """How many changes there have been."""
    newest: int | None = IndicatorGoal.objects.aggregate(newest=Max("number"))["newest"]
    return newest or 0


def may_set_goals(*, by: Actor) -> bool:
    """Whether the actor sets goals: the posts of the consortium office, acting there."""
    return GOAL.allows(by, "set") and by.organisation == consortium.consortium_office()


def goals(*, by: Actor) -> Goals:
    """The goals that count today, and who set what from when on."""
    rows = list(GOAL.rows(by, "view").select_related("set_by").order_by("-number"))
    return Goals(
        indicators=list(known_on(clock.today()).values()),
        changes=[(INDICATORS[row.code], row) for row in rows if row.code in INDICATORS],
        may_set=may_set_goals(by=by),
        version=rows[0].number if rows else 0,
    )
