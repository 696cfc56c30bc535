"""What happens to a leg beside the table: its version counts on, its state and its history stay."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel import audit, clock, idempotency, outbox
from kernel.actor import Actor
from kernel.errors import Conflict
from referral.choices import Aside
from referral.events import LegTold
from referral.models import HistoryEntry, Referral
from referral.policies import REFERRAL
from referral.services.leg.publishing import Step, publish
from referral.services.leg.standing import standing_of


def again(by: Actor, verb: str, referral_id: UUID, key: str) -> Referral | None:
    """The leg, when this order beside the table was carried out already."""
    seen = idempotency.first(by=by, verb=f"referral.{verb}", key=key, subject=referral_id)
    return None if seen is None else REFERRAL.fetch(by, "view", referral_id)


def begin_aside(
    by: Actor,
    verb: str,
    referral_id: UUID,
    key: str,
    version: int,
    possible: Callable[[Referral], bool],
) -> tuple[Referral, bool]:
    """The leg of an order beside the table, locked, and whether the order was carried out before.

    Raises Conflict (409) where the leg's state does not let it be `possible`, and for another version.
    """
    if (seen := again(by, verb, referral_id, key)) is not None:
        return seen, True
    referral = REFERRAL.fetch(by, verb, referral_id, lock=True)
    if not possible(referral):
        raise Conflict(
            _("In its present state this step is not possible."),
            code="illegal_step",
            detail={"status": referral.status},
        )
    ask_version(referral, version)
    return referral, False


def ask_version(referral: Referral, version: int) -> None:
    """Raise Conflict (409) unless the version is the seen one."""
    if referral.version != version:
        raise Conflict(
            code="version_conflict", detail={"version": referral.version, "status": referral.status}
        )


def aside(by: Actor, referral: Referral, what: Aside, *, fields: Iterable[str], signed: bool = False) -> None:
    """Write down what happened to a leg beside the table: its version counts on, its state and history stay."""
    referral.version += 1
    told = HistoryEntry(
        referral=referral,
        version=referral.version,
        event=what,
        staff_id=by.id,
        organisation_id=by.organisation,
        happened_at=clock.now(),
    )
    publish(by, referral, Step(told, signed=signed), standing_of(referral, by))
    referral.save(update_fields=sorted({"version", "published", *fields}))
    audit.record(by=by, action=f"referral.{what.value}", subject=referral, patient=referral.patient_id)
    outbox.emit(LegTold(referral_id=str(referral.pk), what=what.value, version=referral.version))
