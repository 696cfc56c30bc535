"""Who may do what to organisations, people, posts and notices. Read this file to audit access.

Reading the directory (who works where, whom to call) needs no grant beyond being somebody: `selectors` names
those reads. Whatever changes something, and whatever shows accounts or posts as such, stands here.
"""

from uuid import UUID

from django.db.models import Q

from consortium.choices import Role
from consortium.models import (
    ApiClient,
    ApplicationEntity,
    Bed,
    CalendarDay,
    Certificate,
    Change,
    Department,
    DutyShift,
    Narrowing,
    NotificationRecipient,
    Organisation,
    Passkey,
    Post,
    Staff,
    StaffSession,
    Throttle,
    WorkingHours,
)
from kernel.actor import Actor
from kernel.models import Alarm, AlarmRule, AuditEntry, OutboxDelivery
from kernel.policy import Grant, Policy, everything

SYSTEM = "system"
"""The house itself: unattended work and the loading of a county."""


def own(actor: Actor) -> Q:
    """Rows of the person who asks."""
    return Q(staff=actor.id)


def other_people(actor: Actor) -> Q:
    """Everybody but the one who asks: nobody changes the own account from a console."""
    return ~Q(pk=actor.id) if actor.id else Q()


def certificates_of_others(actor: Actor) -> Q:
    """Nobody binds or revokes a certificate of the own person."""
    return ~Q(staff=actor.id) if actor.id else Q()


def posts_of_my_places(actor: Actor) -> Q:
    """Posts at the institutions the acting post reaches."""
    places: frozenset[UUID] = actor.organisations
    return Q(organisation__in=places)


def own_proposals(actor: Actor) -> Q:
    """Changes the person asked for."""
    return Q(proposed_by=actor.id)


def proposals_of_others(actor: Actor) -> Q:
    """Nobody is the second person of the own proposal; what a signed list asked for is anybody's."""
    return ~Q(proposed_by=actor.id) | Q(proposed_by__isnull=True)


def account_proposals(actor: Actor) -> Q:
    """Changes about accounts, and the own proposals."""
    return Q(kind__startswith="account.") | own_proposals(actor)


def account_proposals_of_others(actor: Actor) -> Q:
    """Changes about accounts that somebody else asked for."""
    return Q(kind__startswith="account.") & proposals_of_others(actor)


OWN = [Grant(role, own) for role in Role.values]
"""Everybody, whatever the post, to the own rows."""

KEEPERS = [Grant(Role.SYSTEM_MANAGER, everything), Grant(SYSTEM, everything)]
"""Who keeps the directory of places, and the house itself."""

ORGANISATION = Policy(
    Organisation,
    {
        "view": [Grant(Role.SYSTEM_MANAGER, everything)],
        "register": KEEPERS,
        "change": KEEPERS,
        "close": [Grant(Role.LEADER, everything), Grant(SYSTEM, everything)],
    },
)
"""An institution is closed by a leader, once the consortium office has asked for it (`services.closing`)."""
PLACE = {
    "view": [Grant(Role.SYSTEM_MANAGER, everything)],
    "register": KEEPERS,
    "change": KEEPERS,
    "close": KEEPERS,
    "reopen": KEEPERS,
}
"""Places inside an institution are configuration: the system manager's alone, without a second person (8.1.5.1)."""
DEPARTMENT = Policy(Department, PLACE)
BED = Policy(Bed, PLACE)
CALENDAR = Policy(CalendarDay, {"set": [Grant(Role.MEDICAL_AFFAIRS, everything), Grant(SYSTEM, everything)]})
"""Public holidays count for the whole county: the service asks for the medical affairs of the consortium office."""
HOURS = Policy(
    WorkingHours,
    {"set": [Grant(Role.MEDICAL_AFFAIRS, posts_of_my_places), Grant(SYSTEM, everything)]},
)

DUTY = Policy(
    DutyShift,
    {
        "roster": [
            Grant(Role.SYSTEM_MANAGER, everything),
            Grant(Role.MEDICAL_AFFAIRS, posts_of_my_places),
            Grant(SYSTEM, everything),
        ]
    },
)
STAFF = Policy(
    Staff,
    {
        "view": [Grant(Role.SYSTEM_MANAGER, everything), Grant(Role.SECURITY_MANAGER, everything)],
        "create": [Grant(Role.SYSTEM_MANAGER, everything), Grant(SYSTEM, everything)],
        "unlock": [Grant(Role.SYSTEM_MANAGER, other_people)],
        "close": [Grant(Role.SYSTEM_MANAGER, other_people)],
        "reopen": [Grant(Role.SYSTEM_MANAGER, other_people)],
        "close_idle": [Grant(SYSTEM, everything)],
        "reset_password": [Grant(Role.SYSTEM_MANAGER, other_people)],
        "reset_factor": [Grant(Role.SECURITY_MANAGER, other_people)],
    },
)
POST = Policy(
    Post,
    {
        "view": [Grant(Role.SECURITY_MANAGER, everything)],
        "give": [Grant(SYSTEM, everything)],
        "clear": [Grant(SYSTEM, everything)],
        "end": [Grant(SYSTEM, everything)],
    },
)
"""Nobody gives, clears or ends a post alone: two people agree on a CHANGE, then the house does it."""
NARROWING = Policy(
    Narrowing,
    {
        "view": [Grant(Role.SECURITY_MANAGER, everything)],
        "set": [Grant(SYSTEM, everything)],
        "end": [Grant(SYSTEM, everything)],
    },
)
"""As posts: the house, once two people agreed."""
CHANGE = Policy(
    Change,
    {
        "view": [
            Grant(Role.SECURITY_MANAGER, everything),
            Grant(Role.LEADER, everything),
            Grant(Role.SYSTEM_MANAGER, account_proposals),
            Grant(Role.MEDICAL_AFFAIRS, own_proposals),
            Grant(Role.RECEPTION, own_proposals),
        ],
        "propose": [
            Grant(Role.SECURITY_MANAGER, everything),
            Grant(Role.SYSTEM_MANAGER, everything),
            Grant(Role.MEDICAL_AFFAIRS, everything),
            Grant(Role.RECEPTION, everything),
            Grant(SYSTEM, everything),
        ],
        "decide": [
            Grant(Role.SECURITY_MANAGER, proposals_of_others),
            Grant(Role.LEADER, proposals_of_others),
            Grant(Role.SYSTEM_MANAGER, account_proposals_of_others),
        ],
        "withdraw": [
            Grant(Role.SECURITY_MANAGER, own_proposals),
            Grant(Role.SYSTEM_MANAGER, own_proposals),
            Grant(Role.MEDICAL_AFFAIRS, own_proposals),
            Grant(Role.RECEPTION, own_proposals),
        ],
    },
)
"""Two people for every change of rights. Which kind which post proposes and decides, the kind says
(`consortium.kinds`); the county leader decides only while there is no second security manager."""
SESSION = Policy(
    StaffSession,
    {
        "view": OWN,
        "end": OWN,
        "view_all": [Grant(Role.SECURITY_MANAGER, everything)],
        "end_any": [Grant(Role.SECURITY_MANAGER, everything)],
    },
)
PASSKEY = Policy(Passkey, {"view": OWN, "remove": OWN})
CERTIFICATE = Policy(
    Certificate,
    {
        "view": [Grant(Role.SYSTEM_MANAGER, everything), Grant(Role.SECURITY_MANAGER, everything), *OWN],
        "bind": [
            Grant(Role.SECURITY_MANAGER, certificates_of_others),
            Grant(Role.LEADER, certificates_of_others),
        ],
        "revoke": [
            Grant(Role.SYSTEM_MANAGER, certificates_of_others),
            Grant(Role.SECURITY_MANAGER, certificates_of_others),
        ],
    },
)
CLIENT = Policy(
    ApiClient,
    {
        "view": [Grant(Role.SYSTEM_MANAGER, everything), Grant(Role.SECURITY_MANAGER, everything)],
        "register": [Grant(SYSTEM, everything)],
        "renew": [Grant(Role.SYSTEM_MANAGER, everything)],
        "revoke": [Grant(Role.SYSTEM_MANAGER, everything), Grant(Role.SECURITY_MANAGER, everything)],
    },
)
ENTITY = Policy(ApplicationEntity, PLACE)
NOTICE = Policy(NotificationRecipient, {"view": OWN, "read": OWN})
AUDIT = Policy(
    AuditEntry,
    {
        "search": [Grant(Role.AUDIT_MANAGER, everything)],
        "verify": [Grant(Role.AUDIT_MANAGER, everything), Grant(SYSTEM, everything)],
        "export": [Grant(Role.AUDIT_MANAGER, everything)],
        "report": [Grant(Role.AUDIT_MANAGER, everything), Grant(SYSTEM, everything)],
    },
)
ALARM = Policy(
    Alarm,
    {
        "view": [Grant(Role.SECURITY_MANAGER, everything)],
        "take": [Grant(Role.SECURITY_MANAGER, everything)],
        "close": [Grant(Role.SECURITY_MANAGER, everything)],
    },
)
DELIVERY = Policy(
    OutboxDelivery,
    {
        "view": [Grant(Role.SYSTEM_MANAGER, everything)],
        "retry": [Grant(Role.SYSTEM_MANAGER, everything)],
    },
)
"""Messages between rooms: topics, handlers, ids and the error of the machine; nothing of anybody's record."""
RULE = Policy(AlarmRule, {"change": [Grant(Role.SECURITY_MANAGER, everything)]})
RUNNING = Policy(Throttle, {"view": [Grant(Role.SYSTEM_MANAGER, everything)]})
"""The health of the platform and what is locked."""
