"""Narrowings, and what the policy tables in code allow each role: the ceiling they are taken from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as said

from consortium import wording
from consortium.choices import Role
from consortium.models import Narrowing
from consortium.policies import NARROWING
from consortium.selectors.known import department_name, organisation_name, staff_name
from kernel import clock
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text
from kernel.policy import POLICIES, Policy

NOT_ROLES = frozenset({"system"})


@dataclass(frozen=True)
class Narrowed:
    """A narrowing as its page shows it."""

    row: Narrowing
    whom: str
    what: str


@dataclass(frozen=True)
class Allowed:
    """What a role may do to the rows of one table: which rows, and what with them (an action and its words)."""

    table: Text
    label: str
    reaches: dict[str, list[tuple[str, Text]]]


def narrowing(pk: UUID) -> Narrowing:
    """One narrowing. Raises OutOfReach (404) when there is none."""
    found = Narrowing.objects.filter(pk=pk).first()
    if found is None:
        raise OutOfReach(detail={"model": "consortium.narrowing", "pk": str(pk)})
    return found


def narrowed(*, by: Actor, narrowing_id: UUID) -> Narrowed:
    """One narrowing in words. 404 when there is none."""
    return _narrowed(NARROWING.fetch(by, "view", narrowing_id))


def may_narrow(*, by: Actor) -> None:
    """Raise Refused (403) unless the post sees narrowings: an empty form asks before it is shown."""
    NARROWING.ask(by, "view")


def role_label(role: str) -> Text:
    """The words for a role; "" for none and for what is no role."""
    return Role(role).label if role in Role.values else ""


def narrowings(*, by: Actor, role: str = "") -> list[Narrowed]:
    """Everything that is taken from somebody today, newest first."""
    rows = NARROWING.rows(by, "view").filter(period__contains=clock.today())
    if role:
        rows = rows.filter(Q(role=role) | Q(role=""))
    return [_narrowed(row) for row in rows.order_by("-pk")]


def whom(
    *,
    role: str,
    organisation: UUID | str | None,
    department: UUID | str | None,
    staff: UUID | str | None,
) -> str:
    """Whom a narrowing concerns, in words."""
    parts = [
        staff_name(_uuid(staff)),
        str(Role(role).label) if role else "",
        organisation_name(known) if (known := _uuid(organisation)) else "",
        department_name(_uuid(department)),
    ]
    return " · ".join(part for part in parts if part) or said("everybody")


def ceiling(*, by: Actor, role: str) -> list[Allowed]:
    """What the policy tables in code let a role do: no narrowing, no post can give more."""
    NARROWING.ask(by, "view")
    found: dict[str, Allowed] = {}
    for policy in POLICIES:
        label = policy.model._meta.label_lower
        allowed = found.setdefault(label, Allowed(wording.table(label), label, {}))
        for rows, action in _granted(policy, role):
            allowed.reaches.setdefault(rows, []).append((action, wording.action(action)))
    return sorted((one for one in found.values() if one.reaches), key=lambda one: str(one.table))


def table_choices() -> list[tuple[str, Text]]:
    """Every action of every table a role holds, as choices `model.action`."""
    pairs = {
        (policy.model._meta.label_lower, action)
        for policy in POLICIES
        for action, grants in policy.table.items()
        if any(grant.role not in NOT_ROLES for grant in grants)
    }
    return [(f"{label}.{action}", wording.taken(label, action)) for label, action in sorted(pairs)]


def _narrowed(row: Narrowing) -> Narrowed:
    return Narrowed(
        row=row,
        whom=whom(
            role=row.role, organisation=row.organisation_id, department=row.department_id, staff=row.staff_id
        ),
        what=wording.taken(row.model, row.action),
    )


def _granted(policy: Policy[Any], role: str) -> Iterator[tuple[str, str]]:
    """Which rows of a table a role reaches, in words, by each action it may do."""
    for action, grants in policy.table.items():
        scopes = {str(wording.scope(grant.scope.__name__)) for grant in grants if grant.role == role}
        if scopes:
            yield " / ".join(sorted(scopes)), action


def _uuid(value: UUID | str | None) -> UUID | None:
    return UUID(str(value)) if value else None
