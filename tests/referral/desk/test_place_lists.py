"""Lists of places take the same statements with one row and with three; counted beds through the API's door."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from consortium.choices import Role
from consortium.models import Staff
from emr.capacity import services as capacity
from emr.capacity.choices import Part, PoolKind
from emr.capacity.selectors import quotas
from referral import services
from referral.selectors.desk.bedboard import bed_board
from referral.selectors.desk.waitlist import asking, open_questions, waitlist
from referral.selectors.house.directory import directory
from tests.factories.api import of_client, of_staff
from tests.factories.consortium import make_actor, make_bed, make_department, sign_in
from tests.factories.referral import County, make_county, make_submitted
from tests.referral.desk.test_places import waiting

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("many", [1, 3])]


@pytest.fixture
def county() -> County:
    cache.delete("referral.pace")
    return make_county()


@pytest.fixture
def desk(county):
    return make_actor(Role.BED_DESK, county.hospital)


def wards(county, many):
    return [make_department(county.hospital, services="住院") for _each in range(many)]


def test_the_bed_board(county, desk, many, django_assert_num_queries):
    for ward in wards(county, many):
        capacity.tell(by=desk, department_id=ward.pk, kind=PoolKind.MALE, places=2)
        make_bed(county.ward)
    services.accept(
        by=county.coordinator,
        referral_id=(leg := make_submitted(county)).pk,
        version=leg.version,
        key="",
        bed_id=county.bed.pk,
    )

    with django_assert_num_queries(4):
        board = bed_board(by=desk)
    assert (len(board.counted), len(board.wards[0].spots)) == (many, many + 1)
    assert [spot.leg for spot in board.wards[0].spots if spot.leg] == [str(leg.pk)]
    assert (board.free, board.held) == (3 * many, 1)


def test_the_weekly_slots(county, desk, many, django_assert_num_queries):
    for ward in wards(county, many):
        said = {"weekday": 0, "part": Part.MORNING, "places": 4, "opens_days": 7, "returns_days": 1}
        capacity.set_quota(by=desk, department_id=ward.pk, **said)

    with django_assert_num_queries(1):
        found = quotas(by=desk)
    assert len({one.department.name for one in found}) == many


def test_the_directory(county, desk, many, django_assert_num_queries):
    for ward in wards(county, many):
        capacity.tell(by=desk, department_id=ward.pk, kind=PoolKind.MALE, places=2)
    directory(by=county.doctor)

    with django_assert_num_queries(6):
        found = directory(by=county.doctor)
    assert len([one for one in found if one.organisation_id == county.hospital.pk]) == many + 1


def test_the_waiting_list(county, many, django_assert_num_queries):
    for _each in range(many):
        waiting(county, county.ward, "routine")

    with django_assert_num_queries(7):
        ((_name, line),) = waitlist(by=county.coordinator)
    assert [one.number for one in line] == list(range(1, many + 1))


def test_what_the_wards_were_asked(county, many, django_assert_num_queries):
    leg = make_submitted(county)
    for ward in wards(county, many):
        services.ask_ward(by=county.coordinator, referral_id=leg.pk, key="", department_id=ward.pk)

    with django_assert_num_queries(10):
        page = asking(by=county.coordinator, referral_id=leg.pk)
        told = [(one.department.name, one.asked_by.name) for one in page.questions]
    assert len(told) == many


def test_the_questions_of_a_ward(county, desk, many, django_assert_num_queries):
    leg = make_submitted(county)
    for ward in wards(county, many):
        services.ask_ward(by=county.coordinator, referral_id=leg.pk, key="", department_id=ward.pk)

    with django_assert_num_queries(1):
        found = [(one.referral.number, one.department.name) for one in open_questions(by=desk)]
    assert [number for number, _name in found] == [leg.number] * many


def test_counted_beds_through_the_api(county, many):
    ward = make_department(county.hospital, name="骨科")
    said = {"department_id": str(ward.pk), "kind": "female", "places": many, "key": "k"}
    fed = of_client(county.hospital, "workflow/*.*").post("capacity/numbers/", **said).json()
    leg = services.accept(
        by=county.coordinator,
        referral_id=(sent := make_submitted(county)).pk,
        version=sent.version,
        key="",
        pool_id=fed["id"],
    )

    answer = of_staff(Staff.objects.get(pk=county.coordinator.id)).get("capacity/").json()

    assert (fed["kind"], fed["places"], fed["held"], fed["free"]) == ("female", many, 0, many)
    (told,) = [one for one in answer if one["counts"]]
    (count,) = told["counts"]
    known = ("name", "free", "held", "total", "stale", "beds")
    assert [told[name] for name in known] == ["骨科", many - 1, 1, many, False, []]
    assert [count[name] for name in ("id", "kind", "places", "held", "free")] == [
        str(leg.pool_id),
        "female",
        many,
        1,
        many - 1,
    ]


def test_the_board_says_who_a_kept_bed_waits_for(client, county, many):
    for _each in range(many):
        make_bed(county.ward)
    leg = make_submitted(county)
    services.accept(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", bed_id=county.bed.pk
    )
    sign_in(client, Staff.objects.get(pk=county.coordinator.id))

    page = client.get(reverse("referral:beds")).content.decode()

    assert page.count(f'href="{reverse("referral:detail", args=[leg.pk])}"') == 1
    assert page.count(f"{county.bed.code} 留到") == 1
