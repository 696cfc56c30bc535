"""Places without names: beds by number, clinic slots; one statement behind board and counts."""

from datetime import timedelta

import pytest

from consortium.choices import Role
from emr.capacity import selectors, services
from emr.capacity.choices import Part, PoolKind
from emr.capacity.models import BedUse, Pool
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from tests.factories.consortium import make_actor, make_bed, make_department
from tests.factories.emr import HOUSE, make_patient

pytestmark = pytest.mark.django_db

CLOCK = Actor.system("capacity")


@pytest.fixture
def ward():
    return make_department()


@pytest.fixture
def desk(ward):
    return make_actor(Role.BED_DESK, ward.organisation)


def tell(desk, ward, places=2, kind=PoolKind.MALE, **more):
    return services.tell(by=desk, department_id=ward.pk, kind=kind, places=places, **more)


def keep(desk, pool, source="referral:1"):
    return services.hold(
        by=desk,
        pool_id=pool.pk,
        patient_id=make_patient().pk,
        source=source,
        until=clock.now() + timedelta(hours=2),
    )


def standing(ward):
    (found,) = selectors.board(ward.organisation_id)
    return found


def test_a_hold_takes_one_off_and_gives_it_back(desk, ward):
    pool = tell(desk, ward)
    keep(desk, pool)
    kept = standing(ward).free
    services.free(by=desk, source="referral:1")

    assert (kept, standing(ward).free) == (1, 2)


def test_the_last_number_is_kept_once(desk, ward):
    pool = tell(desk, ward, places=1)
    keep(desk, pool)

    with pytest.raises(Conflict) as taken:
        keep(desk, pool, "referral:2")

    assert taken.value.code == "bed_taken"


def test_who_came_for_a_counted_bed_makes_the_number_sink(desk, ward):
    pool = tell(desk, ward)
    keep(desk, pool)
    services.occupy(by=desk, source="referral:1")
    services.occupy(by=desk, source="referral:1")
    pool.refresh_from_db()

    assert (pool.places, standing(ward).free, standing(ward).held) == (1, 1, 0)


def test_a_ward_that_tells_less_than_is_kept_is_seen_to_be_over(desk, ward):
    pool = tell(desk, ward)
    keep(desk, pool)
    keep(desk, pool, "referral:2")
    tell(desk, ward, places=1)

    (told,) = standing(ward).counts
    assert (told.free, told.over) == (0, 1)


def test_a_source_moves_from_a_bed_to_a_number_and_holds_one_place(desk, ward):
    bed = make_bed(make_department(ward.organisation))
    patient = make_patient()
    said = {
        "by": desk,
        "patient_id": patient.pk,
        "source": "referral:1",
        "until": clock.now() + timedelta(hours=2),
    }
    services.hold(bed_id=bed.pk, **said)
    services.hold(pool_id=tell(desk, ward).pk, **said)

    assert list(BedUse.objects.filter(ended_at=None).values_list("bed", "unit")) == [(None, 1)]


def test_a_number_ages_loses_its_colour_and_says_so(desk, ward):
    pool = tell(desk, ward)
    ages = []
    for age in (timedelta(minutes=1), timedelta(minutes=16), timedelta(hours=13)):
        Pool.objects.filter(pk=pool.pk).update(told_at=clock.now() - age)
        ages.append((standing(ward).fresh, standing(ward).stale))

    assert ages == [(True, False), (False, False), (False, True)]


def test_a_ward_whose_beds_have_names_tells_no_number(desk, ward):
    make_bed(ward)

    with pytest.raises(Invalid) as wrong:
        tell(desk, ward)

    assert set(wrong.value.fields) == {"kind"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "cellar"}, "kind"), ({"places": -1}, "places"), ({"places": 201}, "places"),
        ({"kind": PoolKind.CLINIC}, "day_date"), ({"day_date": clock.today()}, "day_date"),
        ({"kind": PoolKind.CLINIC, "day_date": clock.today() - timedelta(days=1), "part": "morning"}, "day_date"),
    ],
)  # fmt: skip
def test_a_number_that_says_nothing_is_refused_in_words(desk, ward, said, field):
    with pytest.raises(Invalid) as wrong:
        tell(desk, ward, **said)

    assert field in wrong.value.fields


def test_another_hospitals_ward_is_out_of_reach_and_a_reader_has_no_business_there(ward):
    with pytest.raises(OutOfReach):
        tell(make_actor(Role.BED_DESK), ward)
    with pytest.raises(Refused):
        tell(make_actor(Role.READER, ward.organisation), ward)


def test_slots_open_by_the_week_and_go_back_what_was_booked_stays(desk, ward):
    day = clock.today() + timedelta(days=3)
    services.set_quota(
        by=desk,
        department_id=ward.pk,
        weekday=day.weekday(),
        part=Part.MORNING,
        places=3,
        opens_days=5,
        returns_days=1,
    )
    opened = (services.open_slots(by=CLOCK), services.open_slots(by=CLOCK))
    pool = Pool.objects.get()
    row = keep(desk, pool)
    Pool.objects.update(day_date=clock.today() + timedelta(days=1), told_at=clock.now() - timedelta(days=3))
    services.set_quota(
        by=desk, department_id=ward.pk, weekday=(day - timedelta(days=2)).weekday(), part=Part.MORNING, places=3,
        opens_days=5, returns_days=1,
    )  # fmt: skip
    returned = services.return_slots(by=CLOCK)

    assert (opened, returned, selectors.board(ward.organisation_id)) == ((1, 0), 1, [])
    assert selectors.use_of("referral:1").pk == row.pk
    with pytest.raises(Conflict):
        keep(desk, pool, "referral:2")


def test_a_slot_is_kept_to_the_end_of_its_half_day_and_stays_used_up(desk, ward):
    day = clock.today() + timedelta(days=2)
    pool = tell(desk, ward, kind=PoolKind.CLINIC, day_date=day, part=Part.AFTERNOON)
    row = keep(desk, pool)
    services.occupy(by=desk, source="referral:1")
    services.free(by=desk, source="referral:1")

    assert (f"{clock.local(row.period.upper):%m-%d %H:%M}", [one.free for one in standing(ward).slots]) == (
        f"{day:%m-%d} 18:00",
        [1],
    )


def test_a_hold_that_is_over_is_written_down_once(desk, ward):
    row = keep(desk, tell(desk, ward))
    past = clock.now() - timedelta(minutes=1)
    BedUse.objects.update(period=(clock.now() - timedelta(hours=1), past))
    due = selectors.over(by=CLOCK)

    assert due == [row.pk]
    assert [services.expire(by=CLOCK, use_id=row.pk) is not None for _turn in range(2)] == [True, False]
    assert selectors.over(by=CLOCK) == []


def test_board_counts_and_free_beds_agree_whatever_was_used(desk, ward):
    named = make_department(ward.organisation)
    beds = [make_bed(named) for _number in range(3)]
    services.occupy(by=desk, source="walkin:1", bed_id=beds[0].pk, patient_id=make_patient().pk)
    keep(desk, tell(desk, ward, places=4))

    board = {one.department_id: one.free for one in selectors.board(ward.organisation_id)}
    assert board == {named.pk: 2, ward.pk: 3}
    assert len(selectors.free_beds(named.pk)) == 2


def test_the_board_is_one_statement_however_many_wards(desk, ward, django_assert_num_queries):
    wards = [ward, make_department(ward.organisation), make_department(ward.organisation)]
    for one in wards:
        tell(desk, one)

    for number in (1, 3):
        with django_assert_num_queries(1):
            assert len(selectors.standing(wards[:number])) == number


def test_the_house_holds_for_anybody(ward, desk):
    assert keep(HOUSE, tell(desk, ward)).unit == 1
