"""What a page shows leaves an entry in the audit record before its first byte, also where its view writes none.

Opening one person's record writes its own entry, with the basis. Lists, boards, panels and consoles name people too:
whatever a page shows to somebody who acts, and no entry was written on the way, is recorded here as `page.shown`, once
per session, page and ten minutes, so that the log stays smaller than what it tells of (GB/T 22239 8.1.4.3a).
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from kernel import audit
from kernel.actor import Actor
from kernel.errors import Unavailable
from kernel.web.http import error_response

WINDOW: Final = 600.0
"""Seconds within which one session's further looks at one page belong to the same entry."""
MOST: Final = 50_000

_shown: dict[tuple[str, str, UUID, str, tuple[str, ...]], float] = {}


def forget() -> None:
    """Record every page anew."""
    _shown.clear()


def note(*, by: Actor, page: str, words: Mapping[str, Any]) -> None:
    """Record that `by` was shown `page` (the name of its address) about the rows its address names.

    Committed when this returns. Raises Unavailable (503) where the record cannot be written: then nothing is shown.
    """
    if by.id is None or page in settings.AUDIT_QUIET:
        return
    key = (by.name, by.session, by.id, page, tuple(str(word) for word in words.values()))
    now = monotonic()
    if _shown.get(key, 0.0) > now:
        return
    audit.record_shown(by=by, page=page, words=words)
    if len(_shown) >= MOST:
        _shown.clear()
    _shown[key] = now + WINDOW


class ShownMiddleware:
    """Stands within whatever knows who asks and outside the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = audit.written()
        response = self.get_response(request)
        found = request.resolver_match
        if response.status_code != 200 or found is None or audit.written() != before:
            return response
        try:
            note(by=request.actor, page=found.view_name, words=found.kwargs)  # type: ignore[attr-defined]  # set by ActorMiddleware
        except Unavailable as refusal:
            return error_response(request, refusal)
        return response
