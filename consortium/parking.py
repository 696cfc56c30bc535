"""Several people at one PC: who is not at it now is locked, not signed out, and comes back with password or key.

The browser's session holds for each of them her session, where she was, and the secret of her pages' form tokens.
A form in a tab of somebody else's bears another token and is refused: nobody sends it under her own name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest

from consortium import selectors
from consortium.selectors import SignedIn

PARKED: Final = "consortium_parked"
MOST: Final = 6
"""People who may wait at one browser; the one who came first has to sign in anew."""


@dataclass(frozen=True)
class Parked:
    """Somebody whose session waits locked at this browser."""

    staff_id: UUID
    name: str
    username: str
    place: str
    seen_at: datetime


def parked_in(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """What is noted in the browser's session, by person."""
    noted: dict[str, dict[str, Any]] = request.session.get(PARKED) or {}
    return noted


def parked(request: HttpRequest) -> list[Parked]:
    """Those whose sessions still stand, the last first."""
    found = [_standing(one["session"]) for one in parked_in(request).values()]
    known = [one for one in found if one is not None]
    people = [Parked(one.staff_id, one.name, one.username, one.organisation, one.seen_at) for one in known]
    return sorted(people, key=lambda one: one.seen_at, reverse=True)


def put(request: HttpRequest, signed: SignedIn, onward: str) -> dict[str, dict[str, Any]]:
    """What is noted once this person has made room: where she was, and the secret of her form tokens."""
    noted = {staff: place for staff, place in parked_in(request).items() if staff != str(signed.staff_id)}
    secret = request.META.get("CSRF_COOKIE", "")
    noted[str(signed.staff_id)] = {"session": str(signed.session_id), "next": onward, "secret": secret}
    return dict(list(noted.items())[-MOST:])


def take(request: HttpRequest, staff_id: UUID) -> dict[str, Any] | None:
    """The place of this person, no longer noted; None when her session is over or never waited here."""
    noted = dict(parked_in(request))
    place = noted.pop(str(staff_id), None)
    request.session[PARKED] = noted
    return place if place and _standing(place["session"]) else None


def restore_token(request: HttpRequest, secret: str) -> None:
    """Let the form tokens of the pages she left open count again, and nobody else's."""
    if secret:
        request.META.update({"CSRF_COOKIE": secret, "CSRF_COOKIE_NEEDS_UPDATE": True})


def _standing(session: str) -> SignedIn | None:
    known = selectors.signed_in(UUID(session))
    return None if known is None or known.over else known
