"""Beds: one use at a time, holds that end by themselves, verbs that may be repeated."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from consortium.choices import Role
from emr.capacity import selectors, services
from emr.capacity.choices import Use
from emr.capacity.models import BedUse
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from tests.factories.consortium import make_actor, make_bed, make_department
from tests.factories.emr import HOUSE, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward():
    return make_department()


@pytest.fixture
def bed(ward):
    return make_bed(ward)


@pytest.fixture
def desk(ward):
    return make_actor(Role.BED_DESK, ward.organisation)


@pytest.fixture
def patient():
    return make_patient()


def soon(hours=2):
    return clock.now() + timedelta(hours=hours)


def hold(by, bed, patient, source="referral:1", until=None):
    return services.hold(by=by, bed_id=bed.pk, patient_id=patient.pk, source=source, until=until or soon())


def test_a_held_bed_is_not_free(desk, ward, bed, patient):
    before = [one.id for one in selectors.free_beds(ward.pk)]
    hold(desk, bed, patient)

    assert (before, selectors.free_beds(ward.pk)) == ([bed.pk], [])


def test_the_same_hold_again_answers_what_stands(desk, bed, patient):
    until = soon()

    assert hold(desk, bed, patient, until=until).pk == hold(desk, bed, patient, until=until).pk
    assert BedUse.objects.count() == 1


def test_a_hold_moves_to_another_bed(desk, ward, bed, patient):
    other = make_bed(ward)
    hold(desk, bed, patient)
    hold(desk, other, patient)

    assert [one.id for one in selectors.free_beds(ward.pk)] == [bed.pk]


def test_a_taken_bed_is_refused_in_words(desk, bed, patient):
    hold(desk, bed, patient)

    with pytest.raises(Conflict) as taken:
        hold(desk, bed, make_patient(), source="referral:2")

    assert taken.value.code == "bed_taken"


def test_an_expired_hold_is_free_again(desk, ward, bed, patient):
    past = TimestamptzRange(clock.now() - timedelta(hours=2), clock.now() - timedelta(minutes=1), "[)")
    hold(desk, bed, patient)
    BedUse.objects.update(period=past)

    free = [one.id for one in selectors.free_beds(ward.pk)]
    hold(desk, bed, make_patient(), source="referral:2")

    assert free == [bed.pk]


def test_the_held_bed_is_occupied_at_arrival(desk, bed, patient):
    hold(desk, bed, patient)
    row = services.occupy(by=desk, source="referral:1")

    again = services.occupy(by=desk, source="referral:1")
    uses = [(one.use, one.ended_at is None) for one in BedUse.objects.order_by("created_at")]
    assert (row.bed_id, row.patient_id, again.pk) == (bed.pk, patient.pk, row.pk)
    assert uses == [("held", False), ("occupied", True)]


def test_an_expired_hold_can_still_be_occupied_when_nobody_took_the_bed(desk, bed, patient):
    past = TimestamptzRange(clock.now() - timedelta(hours=2), clock.now() - timedelta(minutes=1), "[)")
    hold(desk, bed, patient)
    BedUse.objects.update(period=past)

    assert services.occupy(by=desk, source="referral:1").use == Use.OCCUPIED


def test_a_walk_in_occupies_a_named_bed(desk, bed, patient):
    row = services.occupy(by=desk, source="walkin:1", bed_id=bed.pk, patient_id=patient.pk)

    assert (row.use, selectors.use_of("walkin:1").bed_id) == (Use.OCCUPIED, bed.pk)


def test_occupying_nothing_asks_for_a_bed(desk):
    with pytest.raises(Invalid):
        services.occupy(by=desk, source="nothing")


def test_a_bed_left_is_cleaned_and_then_free(desk, ward, bed, patient):
    services.occupy(by=desk, source="walkin:1", bed_id=bed.pk, patient_id=patient.pk)
    services.free(by=desk, source="walkin:1", cleaning=True)

    state = selectors.board(ward.organisation_id)[0].beds[0]
    assert (state.use, state.patient_id, services.free(by=desk, source="walkin:1")) == (
        Use.CLEANING,
        None,
        None,
    )


def test_a_blocked_bed_says_so_on_the_board(desk, ward, bed):
    services.block(by=desk, bed_id=bed.pk, source="block:1", reason="氧气故障")

    board = selectors.board(ward.organisation_id)[0]
    assert (board.free, board.held, board.total, board.beds[0].use) == (0, 0, 1, Use.BLOCKED)


def test_a_hold_into_the_past_is_refused(desk, bed, patient):
    with pytest.raises(Invalid):
        hold(desk, bed, patient, until=clock.now() - timedelta(minutes=1))


def test_another_hospitals_bed_is_out_of_reach(bed, patient):
    with pytest.raises(OutOfReach):
        hold(make_actor(Role.BED_DESK), bed, patient)


@pytest.mark.parametrize("role", [Role.READER, Role.CASHIER, Role.LEADER, Role.SYSTEM_MANAGER])
def test_who_has_no_business_with_beds_is_refused(role, bed, patient, ward):
    with pytest.raises(Refused):
        hold(make_actor(role, ward.organisation), bed, patient)


def test_the_database_itself_refuses_two_uses_at_once(bed, patient):
    hold(HOUSE, bed, patient)

    with pytest.raises(IntegrityError), transaction.atomic():
        BedUse.objects.create(
            bed=bed, patient=patient, use=Use.OCCUPIED, period=TimestamptzRange(clock.now(), None), source="x",
            created_by="x", created_at=clock.now(),
        )  # fmt: skip
