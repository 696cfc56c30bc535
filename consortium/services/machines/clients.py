"""API clients: registered, given tokens, revoked."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.models import ApiClient
from consortium.payloads import checked_scopes
from consortium.policies import CLIENT
from consortium.services.sessions import throttle
from kernel import assurance, audit, crypto, ids
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, SignInRequired, TooMany

TOKEN: Final = "consortium.access_token"  # noqa: S105  # the purpose its key is derived for
TOKEN_SECONDS: Final = 600


@dataclass(frozen=True)
class NewClient:
    """A new client with its secret and its signing key (hex), which are shown once."""

    client: ApiClient
    secret: str
    signing_key: str


@dataclass(frozen=True)
class Token:
    """An access token as RFC 6749 §5.1 answers it."""

    access_token: str
    expires_in: int
    scope: str


@transaction.atomic
def register_client(
    *,
    by: Actor,
    client_id: str,
    name: str,
    organisation_id: UUID,
    scopes: Iterable[str],
    below: bool = False,
    clearance: int = 4,
) -> NewClient:
    """Register a system that may call the APIs. Raises Invalid for an unknown scope, Conflict for a taken id."""
    CLIENT.ask(by, "register")
    wanted = checked_scopes(scopes)
    key, secret, signing_key = ids.uuid7(), secrets.token_urlsafe(32), secrets.token_hex(32)
    row = ApiClient(
        id=key,
        client_id=client_id,
        name=name,
        organisation_id=organisation_id,
        below=below,
        scopes=wanted,
        clearance=clearance,
        secret_hash=_hash(client_id, secret),
        signing_key_sealed=crypto.seal("consortium_apiclient.signing_key", key, signing_key),
    )
    taken = Conflict(_("This client is already registered."), code="client_exists")
    with told_as(taken, "consortium_apiclient_client_id_key"):
        row.save(force_insert=True)
    audit.record(
        by=by, action="consortium.client_registered", subject=row, detail={"scopes": " ".join(wanted)}
    )
    return NewClient(row, secret, signing_key)


@transaction.atomic
def renew_client(*, by: Actor, client_pk: UUID) -> NewClient:
    """A new secret and signing key for a client, shown once; the old ones and every token are worthless."""
    assurance.fresh(by)
    row = CLIENT.fetch(by, "renew", client_pk, lock=True)
    secret, signing_key = secrets.token_urlsafe(32), secrets.token_hex(32)
    row.secret_hash = _hash(row.client_id, secret)
    row.signing_key_sealed = crypto.seal("consortium_apiclient.signing_key", row.pk, signing_key)
    row.generation += 1
    row.save(update_fields=["secret_hash", "signing_key_sealed", "generation"])
    audit.record(by=by, action="consortium.client_renewed", subject=row)
    return NewClient(row, secret, signing_key)


@transaction.atomic
def revoke_client(*, by: Actor, client_pk: UUID, close: bool = False) -> ApiClient:
    """Make every token given to a client worthless within seconds; `close` also refuses new ones."""
    row = CLIENT.fetch(by, "revoke", client_pk, lock=True)
    row.generation += 1
    row.is_active = row.is_active and not close
    row.save(update_fields=["generation", "is_active"])
    audit.record(by=by, action="consortium.client_revoked", subject=row, detail={"closed": close})
    return row


def issue_token(*, by: Actor, client_id: str, secret: str, scope: str = "") -> Token:
    """A bearer token for the client's scopes, or for those of them it asks for.

    Raises TooMany while client or source is locked, SignInRequired (401, code `invalid_client`) for a wrong id
    or secret, Invalid (code `invalid_scope`) for a scope the client does not have.
    """
    account = f"client:{client_id}"
    if throttle.locked_until(account=account, source=by.address):
        raise TooMany(code="locked")
    card = selectors.client_card(client_id)
    given = _hash(client_id, secret)
    if card is None or not hmac.compare_digest(given, card.secret_hash):
        with transaction.atomic():  # what was counted outlives the refusal
            throttle.count_failure(account=account, source=by.address)
            audit.record(by=by, action="consortium.token_refused", outcome="failure")
        raise SignInRequired(_("Client id or secret is wrong."), code="invalid_client")
    return _token(by, card, frozenset(scope.split()))


@transaction.atomic
def _token(by: Actor, card: selectors.ClientCard, asked: frozenset[str]) -> Token:
    if asked - card.scopes:
        raise Invalid(_("The client does not have this scope."), code="invalid_scope")
    granted = " ".join(sorted(asked or card.scopes))
    payload = {"c": str(card.id), "g": card.generation, "s": granted}
    audit.record(
        by=card.actor, action="consortium.token_issued", detail={"scope": granted, "address": by.address}
    )
    return Token(crypto.token(TOKEN, payload, TOKEN_SECONDS), TOKEN_SECONDS, granted)


def _hash(client_id: str, secret: str) -> bytes:
    """The secret is 256 random bits: a keyed digest is enough, and quick."""
    return crypto.mac("consortium_apiclient.secret", f"{client_id}:{secret}".encode())
