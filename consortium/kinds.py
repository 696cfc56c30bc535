"""The kinds of changes that need two people; each app names its own in `ready()`.

    services.change_kind("post.give", apply=give, describe=words)

`apply(by, payload)` runs in the transaction of the second person's approval, `describe(payload)` says in one
sentence what it would do. `compare(payload)` lists what stands before and after, field by field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from consortium.choices import Role
from kernel.actor import Actor
from kernel.errors import Text

Payload: TypeAlias = Mapping[str, Any]
Line: TypeAlias = tuple[Text, Text, Text]
"""What, before, after."""

SECURITY: Final = frozenset({str(Role.SECURITY_MANAGER)})


def _nothing(by: Actor, payload: Payload) -> None:
    return None


def _no_lines(payload: Payload) -> list[Line]:
    return []


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """Who asks for a kind of change, who decides it, and what it does.

    `stand_in` is the role that decides while nobody but the proposer holds one of `deciders`.
    """

    name: str
    label: Text
    apply: Callable[[Actor, Payload], object]
    describe: Callable[[Payload], Text]
    check: Callable[[Actor, Payload], object] = _nothing
    compare: Callable[[Payload], list[Line]] = _no_lines
    proposers: frozenset[str] = SECURITY
    deciders: frozenset[str] = SECURITY
    stand_in: str = Role.LEADER


KINDS: Final[dict[str, ChangeKind]] = {}


def change_kind(
    name: str,
    *,
    apply: Callable[[Actor, Payload], object],
    describe: Callable[[Payload], Text],
    label: Text = "",
    **more: Any,
) -> ChangeKind:
    """Register a kind of change; the same name again replaces it (a reload)."""
    kind = ChangeKind(name=name, label=label or name, apply=apply, describe=describe, **more)
    KINDS[name] = kind
    return kind
