"""Fifty people want one bed, real commits."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from consortium import services as consortium
from consortium.choices import Role
from emr.capacity import services
from emr.capacity.choices import Part, PoolKind
from emr.capacity.models import BedUse
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict
from tests.factories.consortium import make_actor, make_bed, make_department
from tests.factories.emr import make_patient

pytestmark = pytest.mark.timeout(180)
HOUSE = Actor.system("tests")


def test_fifty_holders_of_one_bed_one_wins(race_db: Any) -> None:
    ward = make_department()
    bed, desk = make_bed(ward), make_actor(Role.BED_DESK, ward.organisation)
    patients = [make_patient(ward.organisation) for _number in range(50)]
    until = clock.now() + timedelta(hours=2)

    def hold(patient: Any, number: int) -> Any:
        return lambda: services.hold(
            by=desk, bed_id=bed.pk, patient_id=patient.pk, source=f"referral:{number}", until=until
        )

    results = race_db.at_once([hold(patient, number) for number, patient in enumerate(patients)])

    assert sum(isinstance(one, BedUse) for one in results) == 1
    assert {one.code for one in results if isinstance(one, Conflict)} == {"bed_taken"}
    assert (len(results), BedUse.objects.count()) == (50, 1)


@pytest.mark.parametrize("kind", [PoolKind.FEMALE, PoolKind.CLINIC])
def test_fifty_holders_of_the_last_counted_bed_and_the_last_slot_one_wins(
    race_db: Any, kind: PoolKind
) -> None:
    ward = make_department()
    desk = make_actor(Role.BED_DESK, ward.organisation)
    when = (
        {"day_date": clock.today() + timedelta(days=2), "part": Part.MORNING}
        if kind == PoolKind.CLINIC
        else {}
    )
    pool = services.tell(by=desk, department_id=ward.pk, kind=kind, places=1, **when)
    patients = [make_patient(ward.organisation) for _number in range(50)]
    until = clock.now() + timedelta(hours=2)

    def hold(patient: Any, number: int) -> Any:
        return lambda: services.hold(
            by=desk, pool_id=pool.pk, patient_id=patient.pk, source=f"referral:{number}", until=until
        )

    results = race_db.at_once([hold(patient, number) for number, patient in enumerate(patients)])

    assert sum(isinstance(one, BedUse) for one in results) == 1
    assert {one.code for one in results if isinstance(one, Conflict)} == {"bed_taken"}
    assert (len(results), BedUse.objects.count()) == (50, 1)


def test_a_bed_is_kept_for_somebody_or_it_closes(race_db: Any) -> None:
    ward = make_department()
    desk, patient = make_actor(Role.BED_DESK, ward.organisation), make_patient(ward.organisation)
    until = clock.now() + timedelta(hours=2)
    for number in range(4):
        bed = make_bed(ward)

        results = race_db.at_once(
            [
                partial(
                    services.hold,
                    by=desk, bed_id=bed.pk, patient_id=patient.pk, source=f"referral:{number}", until=until,
                ),
                partial(consortium.close_beds, by=HOUSE, department_id=ward.pk, bed_ids=[bed.pk]),
            ]
        )  # fmt: skip

        refused = [one.code for one in results if isinstance(one, Conflict)]
        bed.refresh_from_db()
        assert refused == (["hangs"] if bed.active else ["closed"]), results
        assert BedUse.objects.filter(bed=bed).count() == int(bed.active)
