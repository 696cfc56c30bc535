"""Ending sessions; used by the verbs that end a person's right to be signed in."""

from uuid import UUID

from consortium.choices import Ending
from consortium.models import StaffSession
from kernel import clock


def end_all_sessions(staff_id: UUID, ending: Ending, *, keep: str = "") -> int:
    """End every open session of a person except `keep`. How many ended."""
    rows = StaffSession.objects.filter(staff=staff_id, ended_at__isnull=True)
    if keep:
        rows = rows.exclude(pk=keep)
    return rows.update(ended_at=clock.now(), ending=ending)
