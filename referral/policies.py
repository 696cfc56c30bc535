"""Who may do what to a referral leg. Read this file to audit access.

The roles of each step and its side stand in the transition table (`choices.TRANSITIONS`); this page is made
from it, so that the two can never disagree.
"""

from django.db.models import Q

from consortium import selectors as consortium
from consortium.choices import Role
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything
from referral.choices import TRANSITIONS, UNSENT, Event, Side, Status
from referral.models import (
    ArrivalProposal,
    BackfillTask,
    CriteriaTable,
    Guide,
    PlanItem,
    Referral,
    Relation,
    Sketch,
    Tally,
    TimeLimit,
    WardQuestion,
)


def readable(actor: Actor) -> Q:
    """Legs that are not specially protected, or open to the actor all the same: a label comes before every role.

    The Task of a leg refers to its form and so bears the highest label of both.
    """
    return repository.told_to(actor, kind="Task", id="pk", suffix="-t")


def sent(actor: Actor) -> Q:
    """Legs that leave the actor's institutions."""
    return Q(source__in=actor.organisations) & readable(actor)


def received(actor: Actor) -> Q:
    """Legs that have been sent to the actor's institutions; a draft is its writer's."""
    unseen = [*UNSENT, Status.ENTERED_IN_ERROR]
    return Q(target__in=actor.organisations) & ~Q(status__in=unseen) & readable(actor)


def either(actor: Actor) -> Q:
    return sent(actor) | received(actor)


def plan_received(actor: Actor) -> Q:
    shown = repository.told_to(actor, kind="Task", id="referral_id", suffix="-t")
    return Q(referral__target__in=actor.organisations) & shown


SCOPES = {Side.SENDER: sent, Side.RECEIVER: received, Side.EITHER: either}


def _grants(event: Event) -> list[Grant]:
    """The grants of an event: every role of every row of the table that knows it, and the house, for the clock
    and for legs it opens itself."""
    pairs = {
        (role, step.side)
        for (_status, name), step in TRANSITIONS.items()
        if name == event
        for role in step.roles
    }
    grants = [Grant(role, SCOPES[side]) for role, side in sorted(pairs)]
    return [*grants, Grant("system", everything)]


REFER_DOCTORS = (Role.BRANCH_DOCTOR, Role.SPECIALIST)
READERS = (
    Role.BRANCH_DOCTOR,
    Role.BRANCH_REVIEWER,
    Role.COORDINATOR,
    Role.SPECIALIST,
    Role.BED_DESK,
    Role.RECEPTION,
    Role.MEDICAL_AFFAIRS,
)

TALKERS = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST, Role.COORDINATOR)
"""Clinicians of both sides, and the coordinator who passes questions on."""

REFERRAL = Policy(
    Referral,
    {
        "view": [*[Grant(role, either) for role in READERS], Grant("system", everything)],
        "draft": [Grant(Role.BRANCH_DOCTOR, sent), Grant(Role.SPECIALIST, sent)],
        "notify": [Grant("system", everything)],
        "prioritise": [
            *[Grant(role, sent) for role in REFER_DOCTORS],
            Grant(Role.COORDINATOR, received),
            Grant(Role.BRANCH_DOCTOR, received),
        ],
        "backfill": [Grant(role, sent) for role in REFER_DOCTORS],
        "comment": [Grant(role, either) for role in TALKERS],
        **{event.value: _grants(event) for event in Event},
    },
)


def either_side(actor: Actor) -> Q:
    """Every leg of one's own sides: a number names nobody, so it counts what is protected too."""
    return Q(source__in=actor.organisations) | Q(target__in=actor.organisations) & ~Q(status__in=UNSENT)


def backfill_sent(actor: Actor) -> Q:
    return Q(referral__source__in=actor.organisations)


def backfill_either(actor: Actor) -> Q:
    return backfill_sent(actor) | Q(referral__target__in=actor.organisations)


BACKFILL = Policy(
    BackfillTask,
    {
        "view": [*[Grant(role, backfill_either) for role in READERS], Grant("system", everything)],
        "remind": [Grant("system", everything)],
    },
)


def limits_of_mine(actor: Actor) -> Q:
    return Q(organisation__in=actor.organisations)


LIMIT = Policy(
    TimeLimit,
    {
        "view": [Grant(role, limits_of_mine) for role in READERS],
        "set": [Grant(Role.MEDICAL_AFFAIRS, limits_of_mine)],
    },
)
"""How long a leg may wait at an institution: its 医务科, and that of the consortium office for all."""


def mine(actor: Actor) -> Q:
    """What this very person writes, in whichever post."""
    return Q(staff=actor.id)


SKETCH = Policy(Sketch, {"write": [Grant(Role.BRANCH_DOCTOR, mine), Grant(Role.SPECIALIST, mine)]})
"""A form that is being typed is nobody else's."""

COUNTERS = (Role.STATISTICIAN, Role.LEADER, Role.MEDICAL_AFFAIRS)


FIGURES = Policy(
    Tally,
    {
        "view": [
            *[Grant(role, everything) for role in COUNTERS],
            *[Grant(role, either_side) for role in READERS if role not in COUNTERS],
            Grant("system", everything),
        ],
        "export": [Grant(role, everything) for role in COUNTERS],
    },
)
"""Counting without names: the county for those who count, one's own legs for the others. A name is shown only of a
leg that `REFERRAL` opens to the reader too."""

PLAN_ITEM = Policy(
    PlanItem,
    {
        "view": [Grant(role, plan_received) for role in READERS],
        "log_visit": [Grant(Role.BRANCH_DOCTOR, plan_received)],
    },
)


def guides(actor: Actor) -> Q:
    return Q(department__organisation__in=actor.organisations)


GUIDE = Policy(
    Guide,
    {
        "view": [Grant(role, everything) for role in READERS],
        "write": [Grant(role, guides) for role in (Role.COORDINATOR, Role.BED_DESK, Role.BRANCH_DOCTOR)]
        + [Grant("system", everything)],
    },
)
"""Where a department receives referred patients: read by who refers, written by its own desk."""


def of_the_office(actor: Actor) -> Q:
    """All relations, for who acts at the consortium office itself; none for anybody else."""
    office = consortium.consortium_office()
    return Q() if office is not None and actor.organisation == office else Q(pk__in=[])


OFFICE = (Role.STATISTICIAN, Role.LEADER)
"""Posts of the consortium office; a leader or statistician elsewhere keeps no relations."""
RELATION = Policy(
    Relation,
    {
        "view": [Grant(role, of_the_office) for role in OFFICE],
        "edit": [Grant(role, of_the_office) for role in OFFICE],
        "load": [Grant("system", everything)],
    },
)


def asked_here(actor: Actor) -> Q:
    """Questions of the own institutions' referral centre."""
    return Q(referral__target__in=actor.organisations)


def asked_ward(actor: Actor) -> Q:
    """Questions to the own ward; to every ward of the institution where the post stands in none."""
    here = Q(department__organisation__in=actor.organisations)
    return here & Q(department=actor.department) if actor.department else here


WARD_QUESTION = Policy(
    WardQuestion,
    {
        "ask": [Grant(Role.COORDINATOR, asked_here)],
        "view": [Grant(Role.COORDINATOR, asked_here), Grant(Role.BED_DESK, asked_ward)],
        "answer": [Grant(Role.BED_DESK, asked_ward)],
    },
)

PROPOSAL = Policy(
    ArrivalProposal,
    {
        "view": [Grant(role, plan_received) for role in READERS],
        "settle": [Grant(role, plan_received) for role in (Role.RECEPTION, Role.BRANCH_DOCTOR)],
    },
)
"""Signs that somebody expected has come: settled by who checks the identity."""


CRITERIA = Policy(
    CriteriaTable,
    {
        "view": [Grant(role, everything) for role in dict.fromkeys((*READERS, *COUNTERS))],
        "propose": [Grant(Role.MEDICAL_AFFAIRS, everything)],
        "approve": [Grant(Role.LEADER, everything)],
    },
)
"""The table of criteria: the rules are everybody's to read; 医务科 asks for a change, the consortium office agrees."""
