"""The browser's side of a sign-in: what stands in Django's session, and from it who is here.

Three things may stand there: a sign-in half done (first factor passed), the session of somebody, and after a
sign-out the account that was here last, so that a form sent from a forgotten tab is kept for that account alone.
"""

import secrets
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from consortium import parking, selectors, services
from consortium.choices import IDLE
from consortium.engine import certificates
from consortium.models import StaffSession
from consortium.parking import PARKED, parked_in
from consortium.selectors import SignedIn
from consortium.services import Answer, Seat
from consortium.services.sessions.endings import ENDED, LAST, TOKENS
from kernel import clock, crypto
from kernel.actor import Actor, Kind
from kernel.web.addresses import source_of

SESSION: Final = "consortium_session"
PENDING: Final = "consortium_pending"
ENTERED: Final = "consortium_entered"
CAME: Final = "consortium_came"
ENTERED_SECONDS: Final = 30
"""So long the first page counts as the one behind the door: a second press of its button may still land there. On a
thin line or from a busy server it comes late, and that is where people press twice."""
HALF_DONE_SECONDS: Final = 600
DEVICE: Final = "lianyi_device"
DEVICE_DAYS: Final = 400
CERTIFICATE: Final = "HTTP_X_CLIENT_CERT"
VERIFIED: Final = "HTTP_X_CLIENT_VERIFY"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind our own proxy, what that proxy saw."""
    return source_of(request)


def agent_of(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:200]


def seat_of(request: HttpRequest) -> Seat:
    """What the browser brings along: its device cookie, its name, a certificate the gateway has verified."""
    return Seat(device=device_of(request), agent=agent_of(request), certificate=certificate_of(request))


def device_of(request: HttpRequest) -> str:
    """The token of this browser: from its signed cookie, else a fresh one that `mark` gives it."""
    known = getattr(request, "_device", "") or request.get_signed_cookie(DEVICE, "", salt=DEVICE)
    request._device = known or secrets.token_urlsafe(24)  # type: ignore[attr-defined]  # ours, for `mark`
    return str(request._device)  # type: ignore[attr-defined]  # set above


def mark(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the browser keep its token, so that the second factor shown on it is remembered."""
    response.set_signed_cookie(
        DEVICE,
        device_of(request),
        salt=DEVICE,
        max_age=DEVICE_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def certificate_of(request: HttpRequest) -> bytes:
    """SM3 of the client certificate that a gateway of ours has verified; nothing when there is none.

    The headers of anybody else are not read: `ActorMiddleware` raises an alarm over them.
    """
    if CERTIFICATE not in request.META or not from_gateway(request):
        return b""
    if request.META.get(VERIFIED) != "SUCCESS":
        return b""
    seen = certificates.read(request.META[CERTIFICATE])
    return seen.fingerprint if seen else b""


def from_gateway(request: HttpRequest) -> bool:
    """Whether a gateway listed in CLIENT_CERT_GATEWAYS sent this request: the peer itself, over loopback."""
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback and any(peer == ip_address(one) for one in settings.CLIENT_CERT_GATEWAYS)


def stranger(request: HttpRequest) -> Actor:
    """Somebody at this address of whom nothing else is known: no role, so every policy refuses."""
    return Actor(kind=Kind.STAFF, name="unknown", address=address_of(request))


def here(request: HttpRequest) -> SignedIn | None:
    """Who sits at this browser: None for nobody, `locked_at` set when the password must reopen the page."""
    text = request.session.get(SESSION)
    return standing(UUID(text), address=address_of(request)) if text else None


def standing(session_id: UUID, *, address: str) -> SignedIn | None:
    """A session as it stands now: None when it is over, `locked_at` set when it idled."""
    known, now = selectors.signed_in(session_id, address=address), clock.now()
    if known is None or known.over:
        return None
    if known.must_change_password:
        known = replace(known, actor=selectors.nothing_yet(known.actor))
    if known.locked_at is None and known.seen_at + IDLE < now:
        return replace(known, locked_at=known.seen_at + IDLE)
    return known


def last_account(request: HttpRequest) -> UUID | None:
    """The account whose page this browser shows or showed last, signed in or not."""
    if text := request.session.get(SESSION):
        known = selectors.signed_in(UUID(text))
        return known.staff_id if known else None
    last = request.session.get(LAST)
    return UUID(last) if last else None


def enter(request: HttpRequest, session: StaffSession) -> None:
    """Both factors passed: the browser now belongs to this session, under a new key and with new form tokens.

    Pages of whoever sat here before stay open in other tabs; their forms bear the old token and are refused. Her own
    from before her session ended count again: what she typed in another tab is not lost for signing in beside it.
    """
    onward, waiting = next_of(request), dict(parked_in(request))
    secret = request.session.get(TOKENS, "") if last_account(request) == session.staff_id else ""
    if former := waiting.pop(str(session.staff_id), None):
        services.replace_session(by=stranger(request), session_id=UUID(former["session"]))
        secret = former["secret"]
    came = request.session.get(CAME)
    request.session.flush()
    request.session.update({SESSION: str(session.pk), "next": onward, CAME: came, PARKED: waiting})
    rotate_token(request)
    parking.restore_token(request, secret)
    request.session[TOKENS] = request.META["CSRF_COOKIE"]
    new_key(request, session.pk)


def make_room(request: HttpRequest, signed: SignedIn, onward: str) -> None:
    """Somebody else sits down: this session waits locked, and nothing of it stays in the browser's own."""
    waiting = parking.put(request, signed, onward)
    request.session.flush()
    request.session.update({LAST: str(signed.staff_id), PARKED: waiting})


def come_back(request: HttpRequest, staff_id: UUID) -> bool:
    """Somebody who waited here sits down again, before her locked page; whether she waited here."""
    place = parking.take(request, staff_id)
    if place is None:
        return False
    request.session.update({SESSION: place["session"], "next": place["next"], TOKENS: place["secret"]})
    request.session.pop(LAST, None)
    new_key(request, UUID(place["session"]))
    parking.restore_token(request, place["secret"])
    return True


def new_key(request: HttpRequest, session_id: UUID) -> None:
    """Give the browser's session a new key (nobody who planted or saw the old one comes in) and note it."""
    request.session.cycle_key()
    services.note_browser(
        by=stranger(request), session_id=session_id, browser=request.session.session_key or ""
    )


def leave(request: HttpRequest) -> None:
    """Wipe what the browser's session held; only remember which account was here, and who is locked here.

    The secret of her pages' form tokens stays beside her name: it opens nothing without a session.
    """
    last = last_account(request)
    waiting = {staff: place for staff, place in parked_in(request).items() if staff != str(last)}
    secret = request.session.get(TOKENS, "")
    request.session.flush()
    if last:
        request.session.update({LAST: str(last), TOKENS: secret})
    if waiting:
        request.session[PARKED] = waiting


def over_because(request: HttpRequest) -> str:
    """Why the session of this browser ended without its doing (a value of Ending), said once; "" otherwise."""
    return str(request.session.pop(ENDED, ""))


def half_done(request: HttpRequest) -> UUID | None:
    """The account whose password was right a moment ago and whose second factor is still to come."""
    pending: dict[str, Any] = request.session.get(PENDING) or {}
    if not pending or clock.now().timestamp() - pending["at"] > HALF_DONE_SECONDS:
        return None
    return UUID(pending["staff"])


def begin(request: HttpRequest, answer: Answer) -> None:
    """Note that the first factor was passed, under a new key."""
    request.session.cycle_key()
    request.session[PENDING] = {"staff": str(answer.staff_id), "at": clock.now().timestamp()}


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
    wanted = local(request.POST.get("next") or request.GET.get("next") or "")
    if wanted and wanted != request.session.get("next"):
        request.session.update({"next": wanted, CAME: [wanted, clock.now().timestamp()]})


def shown(request: HttpRequest) -> None:
    """The page behind the door was shown: the next one is like any other."""
    request.session.pop(ENTERED, None)


def next_of(request: HttpRequest) -> str:
    """Where to go on; the home when nowhere was named."""
    return str(request.session.get("next") or settings.LOGIN_REDIRECT_URL)


def take_next(request: HttpRequest) -> str:
    """`next_of`, once."""
    onward = next_of(request)
    request.session.pop("next", None)
    request.session[ENTERED] = clock.now().timestamp()
    return onward


def came_at(request: HttpRequest) -> datetime | None:
    """When this browser first asked for the page it asks for now, if a sign-in stood between; else None."""
    path, at = request.session.get(CAME) or ("", 0.0)
    return datetime.fromtimestamp(at, UTC) if path == request.get_full_path() else None


def just_entered(request: HttpRequest) -> bool:
    """Whether somebody came through a door a moment ago: the page that comes now takes no press at once."""
    return bool(clock.now().timestamp() - request.session.get(ENTERED, 0) < ENTERED_SECONDS)


def step_up_address(onward: str) -> str:
    """The page that asks for both factors once more and goes on to `onward`."""
    return f"{reverse('consortium:again')}?{urlencode({'next': onward})}"


def local(address: str) -> str:
    """An address if it is one of ours; "" for any other."""
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def onward_of(request: HttpRequest) -> str:
    """Where a page or form says to go on to, if it is one of our addresses; else the home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return local(str(wanted)) or str(settings.LOGIN_REDIRECT_URL)


def sign_in_address(onward: str) -> str:
    """The sign-in page that goes on to `onward`."""
    return f"{reverse('consortium:sign_in')}?{urlencode({'next': onward})}"


def minutes_until(moment: datetime | None) -> int:
    """Whole minutes from now to `moment`, at least one."""
    left = (moment - clock.now()).total_seconds() if moment else 0
    return max(1, -int(-left // 60))
