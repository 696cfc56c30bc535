"""Fetching is asking: one table per model says which role may do what to which rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet

from kernel.actor import Actor, Kind
from kernel.database import rows
from kernel.errors import OutOfReach, Refused

M = TypeVar("M", bound=Model)
Scope: TypeAlias = Callable[[Actor], Q]


def everything(actor: Actor) -> Q:
    """Every row. Write it out in the table, so that an auditor sees it."""
    return Q()


@dataclass(frozen=True, slots=True)
class Grant:
    """`role` may act on the rows inside `scope`."""

    role: str
    scope: Scope


POLICIES: Final[list["Policy[Any]"]] = []
"""Every table of the house, for the page that shows what each role may do and for what may be taken from it."""


class Policy(Generic[M]):
    """The page an auditor reads: action -> grants. Deny by default; an unknown action is a KeyError.

    The house itself (Kind.SYSTEM) acts only where a table lists the role "system". The table is the ceiling:
    what is taken from an actor (`Actor.taken`) makes an action smaller, nothing makes it larger.
    """

    def __init__(self, model: type[M], table: Mapping[str, Sequence[Grant]]) -> None:
        self.model = model
        self.table = table
        POLICIES.append(self)

    def takes(self, actor: Actor, action: str) -> bool:
        """Whether a narrowing takes this action from the actor."""
        label = self.model._meta.label_lower
        return not actor.taken.isdisjoint((f"{label}.{action}", f"{label}.*"))

    def reach(self, actor: Actor, action: str) -> Q | None:
        """Union of the scopes whose role the actor holds; None when it holds none, or the action is taken from it."""
        roles = {"system"} if actor.kind is Kind.SYSTEM else actor.roles
        scopes = [grant.scope(actor) for grant in self.table[action] if grant.role in roles]
        if not scopes or (actor.taken and self.takes(actor, action)):
            return None
        if any(not scope for scope in scopes):
            return Q()
        reach = scopes[0]
        for scope in scopes[1:]:
            reach |= scope
        return reach

    def allows(self, actor: Actor, action: str) -> bool:
        """Whether the role alone allows the action somewhere (for menus and empty forms)."""
        return self.reach(actor, action) is not None

    def ask(self, actor: Actor, action: str) -> None:
        """Raise Refused (403) unless the actor's role allows the action somewhere."""
        if not self.allows(actor, action):
            raise Refused(detail={"action": action, "model": self.model._meta.label_lower})

    def rows(self, actor: Actor, action: str) -> QuerySet[M]:
        """The rows the actor may act on. Raises Refused (403) without the role."""
        self.ask(actor, action)
        return self.model._default_manager.filter(self.reach(actor, action) or Q())

    def fetch(self, actor: Actor, action: str, pk: UUID | str, *, lock: bool = False) -> M:
        """One row, or 403 without the role, or 404 outside its reach. `lock` = SELECT … FOR UPDATE."""
        try:
            if (reach := self.reach(actor, action)) is not None and not reach and rows.plain(self.model):
                return self._any(pk, lock=lock)
            found = self.rows(actor, action)
            if lock:
                found = found.select_for_update(of=("self",))
            return found.get(pk=pk)
        except (ObjectDoesNotExist, ValidationError, ValueError):
            detail = {
                "action": action,
                "model": self.model._meta.label_lower,
                "pk": str(pk),
            }
            raise OutOfReach(detail=detail) from None

    def _any(self, pk: UUID | str, *, lock: bool) -> M:
        """The row for whom all rows are in reach: no scope stands in the statement, so that it can be prepared."""
        key: Any = self.model._meta.pk
        where = f'"{key.column}" = %s{" FOR UPDATE" if lock else ""}'
        found = rows.first(self.model, where, [key.to_python(pk)])
        if found is None:
            raise ObjectDoesNotExist
        return found
