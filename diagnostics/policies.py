"""Who may do what to an exam request, a report, a critical value. Read this file to audit access."""

from django.db.models import Q

from consortium.choices import APPLICATION_ENTITY, Role
from diagnostics.models import CriticalCall, CriticalValue, ExamItem, ExamRequest, Report
from emr.access import selectors as access
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def sent(actor: Actor) -> Q:
    """Requests of the actor's own institutions."""
    return Q(source__in=actor.organisations)


def at_centre(actor: Actor) -> Q:
    """Requests to be read at the actor's institutions."""
    return Q(centre__in=actor.organisations)


def either(actor: Actor) -> Q:
    return sent(actor) | at_centre(actor)


def either_or_open(actor: Actor) -> Q:
    """Own side, or a patient whose record is open to the actor (a referred patient's earlier exams)."""
    return either(actor) | Q(patient_id__in=access.ids_open_to(actor))


def told_here(actor: Actor) -> Q:
    """Critical values of requests sent by the actor's institutions."""
    return Q(request__source__in=actor.organisations)


def told_either(actor: Actor) -> Q:
    return told_here(actor) | Q(request__centre__in=actor.organisations)


def called_up(actor: Actor) -> Q:
    """Critical values the actor was called for, wherever they were asked for."""
    return Q(pk__in=CriticalCall.objects.filter(staff=actor.id).values("critical"))


def report_either(actor: Actor) -> Q:
    """Reports of one's own side, less what is specially protected and not open to the actor."""
    return told_either(actor) & readable_report(actor)


def report_either_or_open(actor: Actor) -> Q:
    return (told_either(actor) | Q(request__patient_id__in=access.ids_open_to(actor))) & readable_report(
        actor
    )


def readable_report(actor: Actor) -> Q:
    """Reports that are not specially protected, or open to the actor all the same (label before role)."""
    return repository.told_to(actor, kind="DiagnosticReport", id="request__report_id")


READERS = (Role.READER, Role.REVIEWING_READER)
ORDERERS = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST)
READ_HERE = [Grant(role, at_centre) for role in READERS]

ITEM = Policy(
    ExamItem,
    {
        "view": [Grant(role, everything) for role in (*ORDERERS, *READERS, Role.TECHNOLOGIST)],
        "load": [Grant("system", everything)],
    },
)

REQUEST = Policy(
    ExamRequest,
    {
        "list": [
            *[Grant(role, either) for role in ORDERERS],
            Grant(Role.COORDINATOR, either),
            Grant(Role.TECHNOLOGIST, either),
            *READ_HERE,
            Grant(APPLICATION_ENTITY, either),
            Grant("system", everything),
        ],
        "view": [
            *[Grant(role, either_or_open) for role in ORDERERS],
            Grant(Role.COORDINATOR, either_or_open),
            Grant(Role.TECHNOLOGIST, either),
            *READ_HERE,
            Grant(APPLICATION_ENTITY, either),
            Grant("system", everything),
        ],
        "request": [Grant(role, sent) for role in ORDERERS],
        "register": [Grant(Role.BRANCH_DOCTOR, sent), Grant(Role.TECHNOLOGIST, either)],
        "attach": [
            Grant(Role.BRANCH_DOCTOR, sent),
            Grant(Role.SPECIALIST, sent),
            Grant(Role.TECHNOLOGIST, either),
            *READ_HERE,
            Grant(APPLICATION_ENTITY, either),
            Grant("system", everything),
        ],
        "detach": [
            Grant(Role.BRANCH_DOCTOR, sent),
            Grant(Role.BRANCH_REVIEWER, sent),
            Grant(Role.SPECIALIST, sent),
            Grant(Role.TECHNOLOGIST, either),
            *READ_HERE,
        ],
        "claim": READ_HERE,
        "release": READ_HERE,
        "take_over": READ_HERE,
        "write": READ_HERE,
        "submit": READ_HERE,
        "sign": READ_HERE,
        "retake": READ_HERE,
        "review": [Grant(Role.REVIEWING_READER, at_centre)],
        "send_back": [Grant(Role.REVIEWING_READER, at_centre)],
        "amend": [Grant(Role.REVIEWING_READER, at_centre)],
        "cancel": [Grant(role, sent) for role in ORDERERS],
    },
)

COUNTERS = (Role.STATISTICIAN, Role.LEADER, Role.MEDICAL_AFFAIRS)
STATISTICS = Policy(ExamRequest, {"view": [Grant(role, everything) for role in COUNTERS]})
"""Counting without names."""

REPORT = Policy(
    Report,
    {
        "view": [
            *[Grant(role, report_either_or_open) for role in ORDERERS],
            Grant(Role.COORDINATOR, report_either_or_open),
            Grant(Role.TECHNOLOGIST, report_either),
            *[Grant(role, report_either) for role in READERS],
            Grant("system", everything),
        ],
    },
)

CALLED = (*ORDERERS, Role.TECHNOLOGIST, Role.COORDINATOR, Role.MEDICAL_AFFAIRS)
"""Posts that may stand on the duty roster and are called for a critical value; whoever was called may read it back."""
READ_BACK = [
    *[Grant(role, told_here) for role in (*ORDERERS, Role.TECHNOLOGIST)],
    *[Grant(role, called_up) for role in CALLED],
]

CRITICAL = Policy(
    CriticalValue,
    {
        "view": [*READ_BACK, *[Grant(role, told_either) for role in READERS]],
        "acknowledge": READ_BACK,
        "escalate": [Grant("system", everything)],
    },
)
