"""Accounts nobody uses are closed (8.1.4.2 c): after ninety days without a sign-in, by a nightly job."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from consortium import events, selectors
from consortium.choices import MANAGERS, Ending, Role
from consortium.models import Staff, StaffSession
from consortium.policies import STAFF
from consortium.services.sessions.endings import end_all_sessions
from kernel import alarms, audit, clock, outbox
from kernel.actor import Actor

IDLE_AFTER: Final = timedelta(days=90)
ALONE: Final = alarms.named(
    "consortium.manager_idle", _("The only manager of a kind has not signed in for ninety days")
)
"""A manager's account is not closed when nobody else could do her work: somebody is told instead."""


@transaction.atomic
def close_idle(*, by: Actor) -> int:
    """Close every account without a sign-in for IDLE_AFTER; how many. The last manager of a kind stays: an alarm."""
    rows = STAFF.rows(by, "close_idle").filter(pk__in=_idle()).select_for_update()
    closed = [person for person in rows.order_by("pk") if not _stays(by, person)]
    for person in closed:
        person.is_active = False
        person.save(update_fields=["is_active"])
        end_all_sessions(person.pk, Ending.ACCOUNT_CLOSED)
        audit.record(by=by, action="consortium.account_idle", subject=person)
        outbox.emit(events.StaffChanged(staff_id=str(person.pk)))
    return len(closed)


def _idle() -> list[UUID]:
    """Ids of open accounts that nobody has used, opened or opened again since then."""
    since = clock.now() - IDLE_AFTER
    used = StaffSession.objects.filter(staff=OuterRef("pk"), seen_at__gte=since)
    rows = Staff.objects.filter(is_active=True, created_at__lt=since).exclude(reopened_at__gte=since)
    return list(rows.filter(~Exists(used)).values_list("pk", flat=True))


def _stays(by: Actor, person: Staff) -> bool:
    """Whether this is the only manager of a kind."""
    held = {post.role for post in selectors.posts_of(person.pk)} & set(MANAGERS)
    alone = any(len(set(selectors.everywhere(Role(role))) - {person.pk}) == 0 for role in held)
    if alone:
        alarms.alarm(ALONE, by=by, subject=person)
    return alone
