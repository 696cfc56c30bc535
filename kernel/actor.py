"""Who acts: resolved once at the edge, a value from there on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from kernel.errors import Refused


class Kind(StrEnum):
    STAFF = "staff"
    CLIENT = "client"
    AE = "ae"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in one post, an API client, a DICOM application entity, or the house itself.

    `organisation` is the acting post's institution; `organisations` are all places whose rows this actor
    reaches as its own (the institution and, where the post says so, those below it).
    `clearance` is the highest label (1-5, GB/T 39725) this actor may read. `proved_at`: when this session last
    saw two factors of the person. `taken`: what is taken from this post at this place (`referral.referral.accept`,
    `referral.referral.*`), although its role would allow it.
    """

    kind: Kind
    name: str
    id: UUID | None = None
    display: str = ""
    post: UUID | None = None
    organisation: UUID | None = None
    department: UUID | None = None
    organisations: frozenset[UUID] = frozenset()
    roles: frozenset[str] = frozenset()
    clearance: int = 0
    session: str = ""
    address: str = ""
    purpose: str = ""
    proved_at: datetime | None = None
    taken: frozenset[str] = frozenset()

    @classmethod
    def system(cls, name: str) -> Self:
        """Unattended work, named after the room that does it: `system:insurance_bridge`."""
        return cls(kind=Kind.SYSTEM, name=f"system:{name}", display=name, clearance=5)

    @property
    def person(self) -> UUID:
        """The staff member's id. Raises Refused (403) for machines and the house itself."""
        if self.kind is not Kind.STAFF or self.id is None:
            raise Refused(code="no_person")
        return self.id

    @property
    def place(self) -> UUID:
        """The acting post's institution. Raises Refused (403) for who acts nowhere."""
        if self.organisation is None:
            raise Refused(code="no_institution")
        return self.organisation

    def has(self, *roles: str) -> bool:
        """Whether the acting post holds one of `roles`."""
        return not self.roles.isdisjoint(roles)
