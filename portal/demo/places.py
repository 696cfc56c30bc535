"""Numbers of beds the branches tell, weekly slots of the head hospital's clinics, and who refers to whom."""

from datetime import timedelta
from typing import Final

from consortium import selectors as consortium
from consortium.choices import Role
from emr.capacity import services as capacity
from emr.capacity.choices import Part, PoolKind
from kernel import clock
from kernel.actor import Actor
from portal.demo.cast import Cast
from referral import services as referral

CLINICS: Final = (
    ("card", 0, Part.MORNING, 6), ("card", 3, Part.AFTERNOON, 4), ("neur", 1, Part.MORNING, 5),
    ("resp", 2, Part.MORNING, 6), ("endo", 4, Part.MORNING, 8), ("orth", 2, Part.AFTERNOON, 4),
)  # fmt: skip
COUNTED: Final = ((PoolKind.MALE, 3), (PoolKind.FEMALE, 2), (PoolKind.EXTRA, 1))


def tell(*, by: Actor, cast: Cast) -> None:
    """Every institution is related, four townships tell numbers, six half days a week are given to the branches."""
    referral.relate_tree(by=by, since=clock.today() - timedelta(days=730))
    coordinator = cast.one(Role.COORDINATOR, cast.head.pk)
    for department, weekday, part, places in CLINICS:
        capacity.set_quota(
            by=coordinator, department_id=cast.departments[department].pk, weekday=weekday, part=part,
            places=places, opens_days=14, returns_days=1,
        )  # fmt: skip
    capacity.open_slots(by=by)
    for turn, branch in enumerate(cast.branches[4:8]):
        ward = next((one for one in consortium.departments_of(branch.pk) if one.code == "ward"), None)
        if ward is None or consortium.beds_of(ward.pk):
            continue
        desk = cast.one(Role.BED_DESK, branch.pk)
        for kind, places in COUNTED:
            capacity.tell(by=desk, department_id=ward.pk, kind=kind, places=max(places - turn % 3, 0))
