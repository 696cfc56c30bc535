"""The browser's side of a sign-in: what stands in Django's session, and from it who is here.

Three things may stand there: a sign-in half done (first factor passed), the session of somebody, and after a
sign-out the account that was here last, so that a form sent from a forgotten tab is kept for that account alone.
"""

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from consortium import selectors
from consortium.choices import IDLE, LONGEST
from consortium.models import StaffSession
from consortium.selectors import SignedIn
from consortium.services import Answer
from kernel import clock, crypto
from kernel.actor import Actor, Kind
from kernel.addresses import source_of

SESSION: Final = "consortium_session"
PENDING: Final = "consortium_pending"
LAST: Final = "consortium_last"
HALF_DONE_SECONDS: Final = 600


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind our own proxy, what that proxy saw."""
    return source_of(request)


def agent_of(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:200]


def stranger(request: HttpRequest) -> Actor:
    """Somebody at this address of whom nothing else is known: no role, so every policy refuses."""
    return Actor(kind=Kind.STAFF, name="unknown", address=address_of(request))


def here(request: HttpRequest) -> SignedIn | None:
    """Who sits at this browser: None for nobody, `locked_at` set when the password must reopen the page."""
    text = request.session.get(SESSION)
    known = selectors.signed_in(UUID(text), address=address_of(request)) if text else None
    now = clock.now()
    if known is None or known.ended_at or not known.active or known.started_at + LONGEST < now:
        return None
    if known.must_change_password:
        known = replace(known, actor=_nothing_yet(known.actor))
    if known.locked_at is None and known.seen_at + IDLE < now:
        return replace(known, locked_at=known.seen_at + IDLE)
    return known


def _nothing_yet(actor: Actor) -> Actor:
    """Somebody with a one-time password acts in no post before she has chosen her own."""
    return replace(
        actor,
        post=None,
        organisation=None,
        department=None,
        organisations=frozenset(),
        roles=frozenset(),
        clearance=0,
    )


def last_account(request: HttpRequest) -> UUID | None:
    """The account whose page this browser shows or showed last, signed in or not."""
    if text := request.session.get(SESSION):
        known = selectors.signed_in(UUID(text))
        return known.staff_id if known else None
    last = request.session.get(LAST)
    return UUID(last) if last else None


def enter(request: HttpRequest, session: StaffSession) -> None:
    """Both factors passed: the browser now belongs to this session, under a new key."""
    onward = next_of(request)
    request.session.flush()
    request.session[SESSION] = str(session.pk)
    request.session["next"] = onward


def leave(request: HttpRequest) -> None:
    """Wipe what the browser's session held; only remember which account was here."""
    last = last_account(request)
    request.session.flush()
    if last:
        request.session[LAST] = str(last)


def half_done(request: HttpRequest) -> UUID | None:
    """The account whose password was right a moment ago and whose second factor is still to come."""
    pending: dict[str, Any] = request.session.get(PENDING) or {}
    if not pending or clock.now().timestamp() - pending["at"] > HALF_DONE_SECONDS:
        return None
    return UUID(pending["staff"])


def begin(request: HttpRequest, answer: Answer | None) -> bool:
    """Note that the first factor was passed, if the door said so; whether it was."""
    if answer is None or not answer.accepted:
        return False
    request.session.cycle_key()
    request.session[PENDING] = {"staff": str(answer.staff_id), "at": clock.now().timestamp()}
    return True


def enrolment_secret(request: HttpRequest, staff_id: UUID, fresh: str) -> str:
    """The secret offered to this account's authenticator, the same until the sign-in is over; sealed meanwhile."""
    pending = request.session[PENDING]
    if "secret" not in pending:
        sealed = crypto.seal("consortium_totp.offered", staff_id, fresh)
        request.session[PENDING] = {**pending, "secret": b64encode(sealed).decode()}
        return fresh
    return crypto.unseal("consortium_totp.offered", staff_id, b64decode(pending["secret"]))


def remember_next(request: HttpRequest) -> None:
    """Where to go after the sign-in, if the address says so and it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        request.session["next"] = wanted


def next_of(request: HttpRequest) -> str:
    """Where to go on; the home when nowhere was named."""
    return str(request.session.get("next") or settings.LOGIN_REDIRECT_URL)


def take_next(request: HttpRequest) -> str:
    """`next_of`, once."""
    onward = next_of(request)
    request.session.pop("next", None)
    return onward


def sign_in_address(onward: str) -> str:
    """The sign-in page that goes on to `onward`."""
    return f"{reverse('consortium:sign_in')}?{urlencode({'next': onward})}"


def minutes_until(moment: datetime | None) -> int:
    """Whole minutes from now to `moment`, at least one."""
    left = (moment - clock.now()).total_seconds() if moment else 0
    return max(1, -int(-left // 60))
