"""An institution sets how long legs may wait there."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kernel import audit, clock
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, OutOfReach
from referral.models import TimeLimit
from referral.policies import LIMIT
from referral.selectors.house.limits import Limit, limits


@transaction.atomic
def set_limits(
    *, by: Actor, organisation_id: UUID, minutes: Mapping[str, int | None], version: int | None = None
) -> int:
    """Set limits by their names (`Limit.name`); None gives the house's own back; how many changed. Times that run
    already stay: the next leg that enters the state has the new one.

    Raises OutOfReach (404) for another institution, Invalid (422) outside of the bounds, Conflict (409) when
    somebody changed them meanwhile (`version`: how many changes the page had seen).
    """
    LIMIT.ask(by, "set")
    if organisation_id not in by.organisations:
        raise OutOfReach(detail={"model": "consortium.organisation", "pk": str(organisation_id)})
    known = {one.name: one for one in limits(by=by, organisation=organisation_id)}
    if version is not None and version != sum(one.version for one in known.values()):
        raise Conflict(code="version_conflict")
    wanted = {name: span for name, span in minutes.items() if name in known and differs(known[name], span)}
    if wrong := {
        name: outside(known[name]) for name, span in wanted.items() if not inside(known[name], span)
    }:
        raise Invalid(fields=wrong)
    for name, span in wanted.items():
        _set(by, organisation_id, known[name], span)
    told: dict[str, str | int | bool] = {"organisation": str(organisation_id), "changed": len(wanted)}
    audit.record(by=by, action="referral.limits_set", detail=told)
    return len(wanted)


def _set(by: Actor, organisation_id: UUID, one: Limit, minutes: int | None) -> None:
    with told_as(Conflict(code="version_conflict"), "limit_one_per_version"):
        row = TimeLimit.objects.create(
            organisation_id=organisation_id,
            status=one.status,
            priority=one.priority,
            version=one.version + 1,
            minutes=minutes,
            set_by_id=by.person,
            set_at=clock.now(),
        )
    before = int(one.span.total_seconds() // 60)
    detail: dict[str, str | int] = {"limit": one.name, "before": before, "after": minutes or 0}
    audit.record(by=by, action="referral.limit_set", subject=row, detail=detail)


def differs(one: Limit, minutes: int | None) -> bool:
    """Whether this is another limit than the one that counts."""
    return (one.own if minutes is None else timedelta(minutes=minutes)) != one.span


def inside(one: Limit, minutes: int | None) -> bool:
    """Whether the bounds allow it."""
    return minutes is None or one.least <= timedelta(minutes=minutes) <= one.most


def outside(one: Limit) -> str:
    """The sentence for what the bounds do not allow, in the unit of the page."""
    said = {"least": one.in_unit(one.least), "most": one.in_unit(one.most), "unit": one.unit}
    return _("Between %(least)s and %(most)s %(unit)s.") % said
