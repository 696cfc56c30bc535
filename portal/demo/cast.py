"""Who acts in the demo: people of the county in one of their posts."""

from functools import cached_property
from typing import Any
from uuid import UUID

from consortium import selectors as consortium
from consortium.choices import APPLICATION_ENTITY, OrganisationKind, Role
from kernel import labels
from kernel.actor import Actor, Kind


class Cast:
    """Actors by role and place, each looked up once."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, UUID], list[tuple[str, Actor]]] = {}
        self.head = consortium.head_hospital()
        self.branches = [one for one in consortium.branches() if one.kind == OrganisationKind.BRANCH]

    @cached_property
    def departments(self) -> dict[str, Any]:
        """Departments of the head hospital by their code in the tables."""
        return {one.code: one for one in consortium.departments_of(self.head.pk)}

    def all(self, role: Role, place: UUID, department: str = "") -> list[Actor]:
        """Everybody who holds `role` at `place` (in the department of this code), in a stable order."""
        if (role, place) not in self.known:
            posts = [post for staff in consortium.holders(role, place) for post in consortium.posts_of(staff)]
            self.known[role, place] = [
                (post.department.code if post.department else "", consortium.actor_of(post))
                for post in posts
                if post.role == role and post.organisation_id == place
            ]
        return [actor for code, actor in self.known[role, place] if department in ("", code)]

    def one(self, role: Role, place: UUID, department: str = "", *, turn: int = 0) -> Actor:
        """One of them; `turn` lets them take turns."""
        people = self.all(role, place, department)
        return people[turn % len(people)]

    def doctor(self, place: UUID) -> Actor:
        """The doctor of a branch."""
        return self.one(Role.BRANCH_DOCTOR, place, "gp")

    def device(self, title: str) -> Actor:
        """A registered application entity. Raises LookupError for an unknown title."""
        entity = consortium.entity(title)
        if entity is None:
            raise LookupError(title)
        return Actor(
            kind=Kind.AE,
            name=f"ae:{title}",
            id=entity.pk,
            display=entity.name,
            organisation=entity.organisation_id,
            organisations=frozenset({entity.organisation_id}),
            roles=frozenset({APPLICATION_ENTITY}),
            clearance=labels.CARE,
        )
