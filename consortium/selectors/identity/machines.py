"""API clients and DICOM application entities, as the doors for machines ask for them."""

from dataclasses import dataclass
from uuid import UUID

from consortium.models import ApiClient, ApplicationEntity
from consortium.selectors.identity.actors import reach_below
from kernel import crypto, guarded
from kernel.actor import Actor, Kind


@dataclass(frozen=True)
class ClientCard:
    """What the token door and the bearer check need of a client."""

    id: UUID
    client_id: str
    scopes: frozenset[str]
    generation: int
    secret_hash: bytes
    actor: Actor


def client_card(client_id: str = "", *, pk: UUID | None = None) -> ClientCard | None:
    """An active client by client_id or key; None when unknown, closed, or changed past the house."""
    rows = ApiClient.objects.filter(is_active=True)
    row = rows.filter(pk=pk).first() if pk else rows.filter(client_id=client_id).first()
    if row is None or guarded.check([row]):
        return None
    places = reach_below(row.organisation_id) if row.below else frozenset({row.organisation_id})
    actor = Actor(
        kind=Kind.CLIENT,
        name=f"client:{row.client_id}",
        id=row.pk,
        display=row.name,
        organisation=row.organisation_id,
        organisations=places,
        clearance=row.clearance,
    )
    return ClientCard(
        id=row.pk,
        client_id=row.client_id,
        scopes=frozenset(row.scopes),
        generation=row.generation,
        secret_hash=bytes(row.secret_hash),
        actor=actor,
    )


def signing_key(client_id: str) -> tuple[Actor, bytes] | None:
    """Key with which a client signs links (HMAC), with the actor it is; None when unknown or closed."""
    row = ApiClient.objects.filter(client_id=client_id, is_active=True).first()
    card = client_card(client_id)
    if row is None or card is None:
        return None
    key = crypto.unseal("consortium_apiclient.signing_key", row.pk, bytes(row.signing_key_sealed))
    return card.actor, bytes.fromhex(key)


def entity(title: str) -> ApplicationEntity | None:
    """The active application entity of this AE title with its organisation; None when it is a stranger."""
    rows = ApplicationEntity.objects.filter(title=title.strip().upper(), active=True)
    return rows.select_related("organisation", "department").first()
