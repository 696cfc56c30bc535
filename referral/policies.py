"""Who may do what to a referral leg. Read this file to audit access.

The roles of each step and its side stand in the transition table (`choices.TRANSITIONS`); this page is made
from it, so that the two can never disagree.
"""

from django.db.models import Q

from consortium import selectors as consortium
from consortium.choices import API_CLIENT, OrganisationKind, Role
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything
from referral.choices import TRANSITIONS, UNSENT, Event, Side, Status
from referral.models import (
    ArrivalProposal,
    BackfillTask,
    CriteriaTable,
    Guide,
    IndicatorGoal,
    Opinion,
    Peer,
    PeerMessage,
    PlanItem,
    Referral,
    Relation,
    SigningRule,
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


def _to(actor: Actor) -> Q:
    return Q(target__in=actor.organisations) & ~Q(status__in=[*UNSENT, Status.ENTERED_IN_ERROR])


def sent(actor: Actor) -> Q:
    """Legs that leave the actor's institutions."""
    return Q(source__in=actor.organisations) & readable(actor)


def received(actor: Actor) -> Q:
    """Legs that have been sent to the actor's institutions; a draft is its writer's."""
    return _to(actor) & readable(actor)


def either(actor: Actor) -> Q:
    """Legs of both sides. What is protected is asked once: every list begins here."""
    return (Q(source__in=actor.organisations) | _to(actor)) & readable(actor)


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
WARD_STAFF = (*REFER_DOCTORS, Role.BED_DESK)


def reaches_outside(actor: Actor) -> Q:
    """Legs with a hospital outside, of one's own institution or of those directly below it (转诊中心 of the head
    hospital): who may write down what the hospital outside says by telephone."""
    places = actor.organisations
    below = Q(source__parent__in=places) | Q(source__parent__parent__in=places)
    received_there = Q(target__kind=OrganisationKind.OUTSIDE) & (Q(source__in=places) | below)
    came_from_there = Q(source__kind=OrganisationKind.OUTSIDE, target__in=places)
    return (received_there | came_from_there) & ~Q(status__in=UNSENT) & readable(actor)


TELEPHONE = (Role.BRANCH_DOCTOR, Role.SPECIALIST, Role.COORDINATOR)
READERS = (
    Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.COORDINATOR, Role.SPECIALIST, Role.BED_DESK, Role.RECEPTION,
    Role.MEDICAL_AFFAIRS,
)  # fmt: skip

TALKERS = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST, Role.COORDINATOR)
"""Clinicians of both sides, and the coordinator who passes questions on."""

PRINTERS = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST, Role.COORDINATOR)
"""Who prints a form with the whole ID number: level 4 is for who treats (GB/T 39725), and for the desk of both sides'
referral centre, which files the paper."""
LEDGER_KEEPERS = (Role.MEDICAL_AFFAIRS, Role.COORDINATOR)
"""Who keeps the monthly register of an institution: its 医务科, and the referral centre that writes it up."""

REFERRAL = Policy(
    Referral,
    {
        "view": [
            *[Grant(role, either) for role in READERS],
            Grant(Role.COORDINATOR, reaches_outside),
            Grant("system", everything),
        ],
        "ledger": [Grant(role, either) for role in LEDGER_KEEPERS],
        "receive": [Grant(role, received) for role in READERS],
        "draft": [Grant(Role.BRANCH_DOCTOR, sent), Grant(Role.SPECIALIST, sent)],
        "telephone": [Grant(role, reaches_outside) for role in TELEPHONE],
        "notify": [Grant("system", everything)],
        "prioritise": [
            *[Grant(role, sent) for role in REFER_DOCTORS],
            Grant(Role.COORDINATOR, received),
            Grant(Role.BRANCH_DOCTOR, received),
        ],
        "print": [Grant(role, either) for role in PRINTERS],
        "expect": [Grant(role, received) for role in TRANSITIONS[Status.ACCEPTED, Event.WAITLIST].roles],
        "backfill": [Grant(role, sent) for role in REFER_DOCTORS],
        "discharge": [*(Grant(role, received) for role in WARD_STAFF), Grant("system", everything)],
        "comment": [Grant(role, either) for role in TALKERS],
        **{event.value: _grants(event) for event in Event},
    },
)


def either_side(actor: Actor) -> Q:
    """Every leg of one's own sides: a number names nobody, so it counts what is protected too."""
    return Q(source__in=actor.organisations) | Q(target__in=actor.organisations) & ~Q(status__in=UNSENT)


BACKFILL = Policy(BackfillTask, {"remind": [Grant("system", everything)]})
"""Papers that are written afterwards are seen with their leg; the clock asks for the late ones."""


def limits_of_mine(actor: Actor) -> Q:
    return Q(organisation__in=actor.organisations)


SET_HERE = {
    "view": [Grant(role, limits_of_mine) for role in READERS],
    "set": [Grant(Role.MEDICAL_AFFAIRS, limits_of_mine)],
}
LIMIT = Policy(TimeLimit, SET_HERE)
SIGNING_RULE = Policy(SigningRule, SET_HERE)
"""How long a leg may wait at an institution, and whose forms a colleague signs first: its 医务科 sets it, and that of
the consortium office for all."""


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

FOLLOWED = {
    "view": [Grant(role, plan_received) for role in READERS],
    "log_visit": [Grant(Role.BRANCH_DOCTOR, plan_received)],
}
PLAN_ITEM = Policy(PlanItem, FOLLOWED)


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


OFFICE = (Role.STATISTICIAN, Role.LEADER, Role.MEDICAL_AFFAIRS)
"""Posts of the consortium office; who holds one elsewhere keeps no relations."""
RELATION = Policy(
    Relation,
    {
        "view": [Grant(role, of_the_office) for role in OFFICE],
        "edit": [Grant(role, of_the_office) for role in OFFICE],
        "load": [Grant("system", everything)],
    },
)

AIMS = [Grant(role, of_the_office) for role in OFFICE]
GOAL = Policy(IndicatorGoal, {"view": [Grant(role, everything) for role in Role], "set": AIMS})
"""What the numbers are held against is everybody's to read; the consortium office sets it."""


def asked_here(actor: Actor) -> Q:
    """Questions of the own institutions' referral centre."""
    return Q(referral__target__in=actor.organisations)


def asked_ward(actor: Actor) -> Q:
    """Questions to the own ward; to every ward of the institution where the post stands in none."""
    here = Q(department__organisation__in=actor.organisations)
    return here & Q(department=actor.department) if actor.department else here


ASKING, WARDS = [Grant(Role.COORDINATOR, asked_here)], [Grant(Role.BED_DESK, asked_ward)]
WARD_QUESTION = Policy(WardQuestion, {"ask": ASKING, "view": [*ASKING, *WARDS], "answer": WARDS})


def asked_of_me(actor: Actor) -> Q:
    """Questions to this very specialist, or to any of the own department that are sent to the own institutions."""
    anyone = Q(specialist__isnull=True)
    if actor.department:
        anyone &= Q(department=actor.department)
    here = Q(referral__target__in=actor.organisations)
    return here & (Q(specialist=actor.id) | anyone)


ASKED = [Grant(Role.SPECIALIST, asked_of_me)]
OPINION = Policy(Opinion, {"ask": ASKING, "view": [*ASKING, *ASKED], "answer": ASKED})
"""A specialist's word about a leg: asked by the desk, answered by who was asked. Deciding stays with the desk."""

PROPOSAL = Policy(
    ArrivalProposal,
    {
        "view": [Grant(role, plan_received) for role in READERS],
        "settle": [Grant(role, plan_received) for role in (Role.RECEPTION, Role.BRANCH_DOCTOR)],
    },
)
"""Signs that somebody expected has come: settled by who checks the identity."""
PEER = Policy(Peer, {"set": [Grant("system", everything)], "reach": [Grant("system", everything)]})
"""Where a hospital outside takes messages is set by who runs the platform (`manage.py peer`)."""


def of_reached_leg(actor: Actor) -> Q:
    """Messages about legs the actor's referral centre telephones about; those of no leg, refused at the door, for the
    centre of the head hospital."""
    mine = Q(referral__in=Referral.objects.filter(reaches_outside(actor)))
    places = consortium.organisations(actor.organisations).values()
    leads = any(place.kind == OrganisationKind.HEAD_HOSPITAL for place in places)
    return mine | Q(referral=None) if leads else mine


CARRIED = {
    "view": [Grant(Role.COORDINATOR, of_reached_leg)],
    "resend": [Grant(Role.COORDINATOR, of_reached_leg)],
    "carry": [Grant("system", everything)],
    "take": [Grant(API_CLIENT, everything)],
}
MESSAGE = Policy(PeerMessage, CARRIED)
"""`take`: a system of a hospital outside hands a message in; of which leg is decided by the leg's own rule."""


CRITERIA = Policy(
    CriteriaTable,
    {
        "view": [Grant(role, everything) for role in dict.fromkeys((*READERS, *COUNTERS))],
        "propose": [Grant(Role.MEDICAL_AFFAIRS, everything)],
        "approve": [Grant(Role.LEADER, everything)],
    },
)
"""The table of criteria: the rules are everybody's to read; 医务科 asks for a change, the consortium office agrees."""
