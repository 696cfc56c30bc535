"""Ending sessions: the row, the browser's own session and the open socket, all three in one transaction."""

from importlib import import_module
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from consortium import push
from consortium.choices import LONGEST, Ending
from consortium.models import Staff, StaffSession
from kernel import clock

LAST: Final = "consortium_last"
"""What is left in a browser's session that was ended: whose page it showed, so that a typed form is kept for her."""
ENDED: Final = "consortium_ended"
"""And why it ended, to be said on the sign-in page."""
TOKENS: Final = "consortium_tokens"
"""The secret of the form tokens in her open pages: they count again when she, and nobody else, signs in here."""


def end_all_sessions(staff_id: UUID, ending: Ending, *, keep: str = "") -> int:
    """End every open session of a person except `keep`. How many ended."""
    rows = StaffSession.objects.filter(staff=staff_id, ended_at__isnull=True)
    return end(rows.exclude(pk=keep) if keep else rows, ending)


def end_oldest(staff: Staff) -> int:
    """End the sessions of a person beyond the number that may stand at once. How many ended."""
    rows = StaffSession.objects.filter(staff=staff, ended_at__isnull=True)
    rows = rows.filter(started_at__gt=clock.now() - LONGEST)
    newest = rows.order_by("-started_at", "-pk").values_list("pk", flat=True)
    over = list(newest[settings.MAX_SESSIONS :])
    return end(StaffSession.objects.filter(pk__in=over), Ending.TOO_MANY) if over else 0


def end(rows: QuerySet[StaffSession], ending: Ending) -> int:
    """End these sessions now. Their next request is nobody's; their pages are told, their sockets closed."""
    found = list(rows.filter(ended_at__isnull=True).select_for_update().values_list("pk", "staff", "browser"))
    pks = [pk for pk, _staff, _browser in found]
    if not pks:
        return 0
    StaffSession.objects.filter(pk__in=pks).update(ended_at=clock.now(), ending=ending, browser="")
    for _pk, staff_id, browser in found:
        wipe(browser, staff_id, ending)
    push.close_after_commit(pks)
    return len(pks)


def wipe(browser: str, staff_id: UUID, ending: Ending) -> None:
    """Leave nothing in the browser's session but whose it was, her forms' secret and why it ended (8.1.4.10 a)."""
    if not browser:
        return
    store = import_module(settings.SESSION_ENGINE).SessionStore(browser)
    if not store.exists(browser):
        return
    for name in set(store.keys()) - {TOKENS}:
        del store[name]
    store[LAST], store[ENDED] = str(staff_id), str(ending)
    store.save(must_create=False)
