"""Who may do what at the insurance desk. Read this file to audit access."""

from django.db.models import Q

from consortium.choices import Role
from insurance_bridge.models import Case, Day, FeeItem, FeeLine, Message, Settlement, Shift, Visit
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def here(actor: Actor) -> Q:
    """Rows of the actor's own institution."""
    return Q(organisation=actor.organisation)


def visit_here(actor: Actor) -> Q:
    return Q(visit__organisation=actor.organisation)


def day_here(actor: Actor) -> Q:
    return Q(day__organisation=actor.organisation)


def my_shift(actor: Actor) -> Q:
    return Q(cashier=actor.id, organisation=actor.organisation)


CASHIER, CLERK, SYSTEM = Role.CASHIER, Role.INSURANCE_CLERK, "system"
TREATING = (Role.BRANCH_DOCTOR, Role.SPECIALIST)

VISIT = Policy(
    Visit,
    {
        "view": [Grant(CASHIER, here), Grant(CLERK, here), Grant(SYSTEM, everything)],
        "open": [Grant(CASHIER, here), Grant(CLERK, here), Grant(SYSTEM, everything)],
        "check": [Grant(CASHIER, here), Grant(CLERK, here), Grant(SYSTEM, everything)],
        "charge": [Grant(CASHIER, here), Grant(SYSTEM, everything)],
    },
)

FEE_ITEM = Policy(
    FeeItem,
    {
        "view": [Grant(CASHIER, everything), Grant(CLERK, everything), Grant(SYSTEM, everything)],
        "load": [Grant(SYSTEM, everything)],
    },
)

FEE_LINE = Policy(
    FeeLine,
    {
        "view": [Grant(CASHIER, visit_here), Grant(CLERK, visit_here)],
        "void": [Grant(CASHIER, visit_here)],
    },
)

SETTLEMENT = Policy(
    Settlement,
    {
        "view": [Grant(CASHIER, here), Grant(CLERK, here), Grant(SYSTEM, everything)],
        "request": [Grant(CASHIER, here)],
        "pay": [Grant(CASHIER, here)],
        "cancel": [Grant(CASHIER, here)],
        "look_again": [Grant(CASHIER, here), Grant(CLERK, here)],
        "advance": [Grant(SYSTEM, everything)],
    },
)

MESSAGE = Policy(
    Message,
    {
        "view": [Grant(CLERK, here), Grant(SYSTEM, everything)],
        "advance": [Grant(SYSTEM, everything)],
    },
)

SHIFT = Policy(
    Shift,
    {
        "view": [Grant(CASHIER, my_shift), Grant(CLERK, here), Grant(SYSTEM, everything)],
        "close": [Grant(CASHIER, my_shift)],
    },
)

DAY = Policy(
    Day,
    {
        "view": [Grant(CLERK, here), Grant(SYSTEM, everything)],
        "compare": [Grant(CLERK, here), Grant(SYSTEM, everything)],
        "close": [Grant(CLERK, here)],
    },
)

CASE = Policy(
    Case,
    {
        "view": [Grant(CLERK, day_here)],
        "end": [Grant(CLERK, day_here)],
    },
)

COUNTERS = (Role.STATISTICIAN, Role.LEADER)
STATISTICS = Policy(Settlement, {"view": [Grant(role, everything) for role in COUNTERS]})
DIFFERENCES = Policy(Case, {"view": [Grant(role, everything) for role in COUNTERS]})
DAYS_COUNTED = Policy(Day, {"view": [Grant(role, everything) for role in COUNTERS]})
"""Counting without names."""

RELIEF = Policy(Visit, {"view": [Grant(Role.WELFARE_OFFICER, everything)]})
"""Visits of people with a welfare identity: identity, place, sums; the name only on a ground of the record's own."""
