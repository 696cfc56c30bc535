"""Who may send, see and match ECG recordings. Read this file to audit access."""

from django.db.models import Q

from consortium.choices import Role
from ecg.models import Recording, TriageRules
from emr.access import selectors as access
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.policy import Grant, Policy, everything


def here(actor: Actor) -> Q:
    """Recordings sent by the actor's institutions."""
    return Q(organisation__in=actor.organisations)


def at_centre(actor: Actor) -> Q:
    """Recordings to be read at the actor's institutions."""
    return Q(centre__in=actor.organisations)


def either(actor: Actor) -> Q:
    return here(actor) | at_centre(actor)


def readable(actor: Actor) -> Q:
    """Recordings that are not specially protected, or open to the actor all the same."""
    return repository.told_to(actor, kind="Observation", id="pk")


def seen_either(actor: Actor) -> Q:
    return either(actor) & readable(actor)


def seen_at_centre(actor: Actor) -> Q:
    return at_centre(actor) & readable(actor)


def either_or_open(actor: Actor) -> Q:
    """Own side, or a patient whose record is open to the actor; never what is protected from her."""
    return (either(actor) | Q(patient_id__in=access.ids_open_to(actor))) & readable(actor)


TREATING = (Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER, Role.SPECIALIST)
READERS = (Role.READER, Role.REVIEWING_READER)

RECORDING = Policy(
    Recording,
    {
        "view": [
            *[Grant(role, either_or_open) for role in TREATING],
            Grant(Role.TECHNOLOGIST, seen_either),
            *[Grant(role, seen_at_centre) for role in READERS],
            Grant("system", everything),
        ],
        "receive": [
            *[Grant(role, here) for role in TREATING],
            Grant(Role.TECHNOLOGIST, here),
            *[Grant(role, here) for role in READERS],
            Grant("system", everything),
        ],
        "match": [
            *[Grant(role, here) for role in TREATING],
            Grant(Role.TECHNOLOGIST, either),
            *[Grant(role, at_centre) for role in READERS],
        ],
        "take_back": [
            *[Grant(role, here) for role in TREATING],
            Grant(Role.TECHNOLOGIST, either),
            *[Grant(role, at_centre) for role in READERS],
        ],
    },
)

RULES = Policy(TriageRules, {"set": [Grant(Role.MEDICAL_AFFAIRS, everything), Grant("system", everything)]})
