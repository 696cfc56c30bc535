"""Who calls the APIs: a bearer token of a client or of a person; at FHIR and DICOMweb the portal's own session too."""

from dataclasses import dataclass, replace
from time import monotonic
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from consortium import doors, selectors
from consortium.choices import API_CLIENT
from consortium.selectors import ClientCard, SignedIn
from consortium.services import TOKEN
from consortium.services.machines import lending
from kernel import clock, crypto
from kernel.actor import Actor
from kernel.errors import Invalid, SignInRequired
from kernel.web import limits

FRESH_SECONDS: Final = 5.0
"""How long a process trusts what it read about a client; within it a revoked token ends everywhere."""

MOST_ACTORS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Who bears a token that was proved: trusted until a moment of `monotonic`, never beyond the token's own end."""

    actor: Actor
    trusted: float
    until: int


_cards: dict[UUID, tuple[float, ClientCard | None]] = {}
_actors: dict[tuple[UUID, str, str], tuple[ClientCard, Actor]] = {}
"""(client, scopes, address) -> the actor it is, for as long as its card is the same."""
_bearers: dict[tuple[str, str], _Bearer] = {}
"""(token, address) -> who bears it, for as long as the card it was read by is trusted."""


def actor_of_bearer(request: HttpRequest) -> Actor:
    """The client whose token the request bears, with the role "api_client" and the token's scopes as roles; or the
    person who lent her session to a program, in the post she acts in at the portal.

    Raises SignInRequired (401) without a token, or with one that is not ours, over, or revoked.
    """
    # From META: `request.headers` writes every header anew, which costs more than the token's MAC.
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise SignInRequired
    if token.startswith(lending.PREFIX):
        lent = _told(lending.LENT, token.removeprefix(lending.PREFIX)).payload
        person = _ready(doors.standing(UUID(lent["s"]), address=doors.address_of(request)))
        limits.pace(person)
        return person
    place = token, doors.address_of(request)
    bearer = _bearers.get(place)
    if bearer is None or bearer.trusted < monotonic() or bearer.until <= clock.now().timestamp():
        bearer = _prove(*place)
    limits.pace(bearer.actor)
    return bearer.actor


def _prove(token: str, address: str) -> _Bearer:
    """Who bears this token of a client at this address. Raises SignInRequired."""
    told = _told(TOKEN, token)
    read_at, card = _card(UUID(told.payload["c"]))
    if card is None or card.generation != told.payload["g"]:
        raise SignInRequired(code="token_revoked")
    if len(_bearers) >= MOST_ACTORS:
        _bearers.clear()
    actor = _acting(card, told.payload["s"], address)
    bearer = _bearers[token, address] = _Bearer(actor, read_at + FRESH_SECONDS, told.until)
    return bearer


def actor_of_session(request: HttpRequest) -> Actor:
    """The person at the portal, for doors whose short middleware list has no session (viewer's pixels).

    Raises SignInRequired (401) when nobody is signed in, the page is locked, or no post is chosen.
    """
    known = getattr(request, "signed_in", None)
    if known is None:
        request.session = _session_of(request)
        known = doors.here(request)
    return _ready(known)


def _ready(known: SignedIn | None) -> Actor:
    """Who acts in this session. Raises SignInRequired when it is over, locked, or not fit to act yet."""
    if known is None or known.locked_at or not known.actor.post or known.must_change_password:
        raise SignInRequired
    return known.actor


def _told(purpose: str, token: str) -> crypto.Told:
    """What a token says. Raises SignInRequired for one that is not ours, over, or meant for another door."""
    try:
        return crypto.read_token(purpose, token)
    except Invalid as problem:
        raise SignInRequired(problem.message, code=problem.code) from problem


def actor_of(request: HttpRequest) -> Actor:
    """Whoever the request proves: the bearer's client, else the person at the portal."""
    if "HTTP_AUTHORIZATION" in request.META:
        return actor_of_bearer(request)
    return actor_of_session(request)


class BearerAuthentication(BaseAuthentication):
    """DRF: whoever bears a token; sets `request.actor`. There is no other door: a cookie proves nothing here."""

    def authenticate(self, request: Request) -> tuple["TokenUser", str] | None:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        actor = actor_of_bearer(request._request)
        request._request.actor = request.actor = actor  # type: ignore[attr-defined]  # declared by StaffRequest
        return TokenUser(actor), "bearer"

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenUser:
    """What DRF calls the user of a request that bears a token."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.pk = actor.id

    def __str__(self) -> str:
        return self.actor.name


def forget_cards() -> None:
    """Trust nothing that was read before; for the process that revoked a client."""
    _cards.clear()
    _bearers.clear()


def _card(pk: UUID) -> tuple[float, ClientCard | None]:
    """When a client's card was read, and the card."""
    read_at, card = _cards.get(pk, (float("-inf"), None))
    if monotonic() - read_at > FRESH_SECONDS:
        found = selectors.client_card(pk=pk)
        # The same object while nothing changed: what remembers by its places need not compare dozens of ids.
        card = card if found == card else found
        read_at = monotonic()
        _cards[pk] = (read_at, card)
    return read_at, card


def _acting(card: ClientCard, scopes: str, address: str) -> Actor:
    key = (card.id, scopes, address)
    known = _actors.get(key)
    if known is None or known[0] is not card:
        if len(_actors) >= MOST_ACTORS:
            _actors.clear()
        roles = frozenset({API_CLIENT, *scopes.split()})
        known = _actors[key] = (card, replace(card.actor, roles=roles, address=address))
    return known[1]


def _session_of(request: HttpRequest) -> SessionBase:
    engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    store: SessionBase = engine(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return store
