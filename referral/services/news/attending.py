"""Open pages hear at once: who looks at a leg, and that a leg has moved."""

from uuid import UUID

from django.db import transaction

from consortium import services as consortium
from consortium.choices import Role
from consortium.services import Recipients
from kernel import attention
from kernel.actor import Actor
from referral.choices import UNSENT
from referral.models import Referral
from referral.policies import REFERRAL

DESKS = (Role.COORDINATOR, Role.BED_DESK, Role.RECEPTION, Role.SPECIALIST)
"""Who may have a leg on an open page at the receiving side of a hospital; at a branch its doctors."""


@transaction.atomic
def attend(*, by: Actor, referral_id: UUID) -> None:
    """The actor has this leg before her: colleagues at the same board see it on its row."""
    leg = REFERRAL.fetch(by, "view", referral_id)
    if attention.look(person=by.person, name=by.display or by.name, thing=leg.pk):
        message = {"type": "attention", "id": str(leg.pk), "who": by.display or by.name}
        consortium.stir(by=by, recipients=_desk(leg, (Role.COORDINATOR,)), message=message)


@transaction.atomic
def show(*, by: Actor, referral_id: UUID) -> None:
    """A leg has moved: open pages of both sides fetch what they show of it again."""
    leg = REFERRAL.fetch(by, "notify", referral_id)
    if leg.status in UNSENT:
        return
    told = [Recipients(staff=(leg.doctor_id,) if leg.doctor_id else ()), *_desk(leg, DESKS)]
    consortium.stir(by=by, recipients=told, message={"type": "moved", "id": str(leg.pk)})


def _desk(leg: Referral, roles: tuple[Role, ...]) -> list[Recipients]:
    return [Recipients(role=role, organisation=leg.target_id) for role in (*roles, Role.BRANCH_DOCTOR)]
