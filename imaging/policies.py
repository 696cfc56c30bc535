"""Who may do what to studies and to what was put aside. Read this file to audit access.

Pixels follow the record: a study of a patient is open to whom `emr.access` lets read that patient's rows; the
roles below are the ceiling. A study without a patient is open only to technologists and doctors of the place that
received it.
"""

from typing import Final

from django.db.models import Q
from django.db.models.expressions import RawSQL

from consortium.choices import Role
from emr.access import selectors as access
from imaging.models import Quarantined, Study
from kernel.actor import Actor, Kind
from kernel.policy import Grant, Policy, everything

VIEWERS: Final = (
    Role.BRANCH_DOCTOR,
    Role.BRANCH_REVIEWER,
    Role.SPECIALIST,
    Role.READER,
    Role.REVIEWING_READER,
    Role.TECHNOLOGIST,
    "dicomweb/*.*",
    "dicomweb/*.read",
    "system/*.*",
    "system/*.read",
    "system/ImagingStudy.read",
)
"""Posts that look at pictures, and the scopes with which an API client does."""

SENDERS: Final = (
    "dicomweb/*.*",
    "dicomweb/*.write",
    "system/*.*",
    "system/*.write",
    "system/ImagingStudy.write",
)
"""Scopes with which an API client stores objects."""


ASSIGNERS: Final = (Role.TECHNOLOGIST, Role.BRANCH_DOCTOR, Role.BRANCH_REVIEWER)
"""Who says whose a study is: most township centres have no technologist, their doctors work the machine."""


def sees_unassigned(actor: Actor) -> bool:
    """Whether studies nobody is assigned to may be seen (those of the actor's own places)."""
    return actor.kind is Kind.SYSTEM or actor.has(*ASSIGNERS)


def views_pictures(actor: Actor) -> bool:
    """Whether the acting post looks at pictures at all."""
    return actor.kind is Kind.SYSTEM or actor.has(*VIEWERS)


def stores_objects(actor: Actor) -> bool:
    """Whether an API client may store objects for its institution."""
    return actor.kind is Kind.CLIENT and actor.organisation is not None and actor.has(*SENDERS)


def open_studies(actor: Actor) -> Q:
    """Assigned studies of records open to the actor."""
    predicate, parameters = access.visible("st", actor, kind="ImagingStudy")
    query = f"SELECT st.id FROM imaging_study st WHERE st.patient_id IS NOT NULL AND {predicate}"  # noqa: S608  own SQL
    return Q(pk__in=RawSQL(query, parameters))


def received_here(actor: Actor) -> Q:
    """What devices of the actor's places sent."""
    return Q(custodian__in=actor.organisations)


def read_here(actor: Actor) -> Q:
    """What was given to requests read at the actor's institutions."""
    return Q(request__centre__in=actor.organisations)


def unassigned_here(actor: Actor) -> Q:
    return Q(custodian__in=actor.organisations, patient__isnull=True)


STUDY: Final = Policy(
    Study,
    {
        "view": [
            *[Grant(role, open_studies) for role in VIEWERS],
            *[Grant(role, unassigned_here) for role in ASSIGNERS],
        ],
        "unassigned": [Grant(role, unassigned_here) for role in ASSIGNERS],
        "assign": [Grant(role, unassigned_here) for role in ASSIGNERS],
        "take_back": [
            *[Grant(role, received_here) for role in ASSIGNERS],
            *[Grant(role, read_here) for role in (Role.READER, Role.REVIEWING_READER)],
        ],
        "settle": [Grant("system", everything)],
    },
)

QUARANTINE: Final = Policy(
    Quarantined,
    {
        "view": [Grant(Role.TECHNOLOGIST, received_here)],
        "close": [Grant(Role.TECHNOLOGIST, received_here)],
    },
)
