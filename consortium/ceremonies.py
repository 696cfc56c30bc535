"""The browser's side of a passkey: a challenge that lives five minutes and is answered once."""

import secrets
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from consortium import doors, selectors, services
from consortium.engine import passkeys
from consortium.engine.passkeys import Site
from consortium.services import Answer
from kernel import clock
from kernel.web.http import StaffRequest

CHALLENGE: Final = "consortium_challenge"
LIVES_SECONDS: Final = 300


def ask(request: HttpRequest) -> str:
    """What the browser is to sign: with a key of whoever is known here, else with any key of this site."""
    staff_id = _known(request)
    return passkeys.to_answer(_begun(request), known=selectors.credentials(staff_id) if staff_id else ())


def ask_new(request: StaffRequest) -> str:
    """What the browser is to make for the person who is signed in."""
    person = selectors.staff(request.actor.person)
    return passkeys.to_register(
        _begun(request),
        staff=person.pk.bytes,
        account=person.username,
        name=person.name,
        known=selectors.credentials(person.pk),
    )


def hear(request: HttpRequest, said: str) -> Answer:
    """Hold the browser's answer against what it was asked: it reopens a locked page, proves once more, or signs in."""
    site, seat = begun(request), doors.seat_of(request)
    signed = doors.here(request)
    if signed is None:
        by, staff_id = doors.stranger(request), doors.half_done(request)
        return services.enter_by_passkey(by=by, site=site, said=said, seat=seat, staff_id=staff_id)
    if signed.locked_at:
        by = doors.stranger(request)
        return services.reopen_by_passkey(
            by=by, session_id=signed.session_id, site=site, said=said, seat=seat
        )
    return services.prove_by_passkey(by=signed.actor, site=site, said=said, seat=seat)


def begun(request: HttpRequest) -> Site:
    """The site with the challenge that was given out last, taken back; a random one when there was none."""
    given: dict[str, Any] = request.session.pop(CHALLENGE, None) or {}
    fresh = given and clock.now().timestamp() - given["at"] < LIVES_SECONDS
    return _site(request, bytes.fromhex(given["challenge"]) if fresh else secrets.token_bytes(32))


def _begun(request: HttpRequest) -> Site:
    site = _site(request, secrets.token_bytes(32))
    request.session[CHALLENGE] = {"challenge": site.challenge.hex(), "at": clock.now().timestamp()}
    return site


def _site(request: HttpRequest, challenge: bytes) -> Site:
    host = settings.PASSKEY_HOST or urlsplit(f"//{request.get_host()}").hostname or ""
    return Site(host=host, origin=f"{request.scheme}://{request.get_host()}", challenge=challenge)


def _known(request: HttpRequest) -> UUID | None:
    signed = doors.here(request)
    return signed.staff_id if signed else doors.half_done(request)
