"""One thing somebody does here, in the order of the hands."""

from dataclasses import dataclass
from typing import Final

from kernel.actor import Actor
from kernel.errors import Text
from kernel.policy import POLICIES

EVERYWHERE: Final = ""
"""Where a job begins that comes to whatever page one is on."""


@dataclass(frozen=True, slots=True)
class Job:
    """`at`: the place it begins, an address of the post's rail or home; `right`: the policy action that makes it
    possible, `app.model.action`; `role`: where several posts hold the right and only this one does the job so."""

    title: Text
    at: str
    right: str
    steps: tuple[Text, ...]
    role: str = ""


def may(by: Actor, right: str) -> bool:
    """Whether the policy tables give the actor's post this action, and no narrowing takes it away."""
    label, _dot, action = right.rpartition(".")
    return any(
        grant.role in by.roles and not policy.takes(by, action)
        for policy in POLICIES
        if policy.model._meta.label_lower == label
        for grant in policy.table.get(action, ())
    )
