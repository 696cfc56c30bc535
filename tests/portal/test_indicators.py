"""The county in numbers: counted from the rows, compared with the span before, and never a name in it."""

from datetime import timedelta

import pytest

from consortium.choices import OrganisationKind, Role
from diagnostics import selectors as diagnosed
from diagnostics.models import ExamRequest
from emr.index import selectors as index
from insurance_bridge import selectors as insurance
from insurance_bridge.choices import SettlementStatus
from insurance_bridge.models import Settlement, Visit
from kernel import clock
from portal import indicators, welfare
from portal.demo.diary import moved_to
from referral.models import Referral
from tests.factories.consortium import make_actor, make_organisation, make_staff, sign_in
from tests.factories.diagnostics import make_examined, make_scene
from tests.factories.emr import make_patient
from tests.factories.referral import make_county, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def settled(place, *, identity=True, assistance=0, status=SettlementStatus.PAID) -> Settlement:
    """A visit with a welfare identity, settled today: 100 yuan, of them 60 by the pool."""
    visit = Visit.objects.create(
        patient=make_patient(organisation=place, name="周桂芳"),
        organisation=place,
        kind="outpatient",
        begun_at=clock.now() - timedelta(hours=3),
        identities=[{"code": "1601", "begin": "2026-01-01", "end": "2099-12-31"}] if identity else [],
    )
    return Settlement.objects.create(
        visit=visit, organisation=place, status=status, batch=str(visit.pk)[:30], asked_total=10000,
        setl_id=str(visit.pk)[-30:], day_date=clock.today(), total=10000, in_scope=10000, pool=6000,
        assistance=assistance, cash=4000 - assistance, requested_at=clock.now(), settled_at=clock.now(),
        requested_by=make_staff(Role.CASHIER, place),
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATISTICIAN])
def test_the_home_of_who_counts_shows_numbers_and_no_name(client, county, role):
    leg = make_submitted(county)
    settled(county.hospital)
    sign_in(client, make_staff(role, make_organisation(OrganisationKind.CONSORTIUM_OFFICE)))

    pages = [client.get(path) for path in ("/", *(f"/indicators/{name}/" for name in indicators.TOPICS))]

    assert [page.status_code for page in pages] == [200] * 4
    assert county.branch.short_name in pages[0].text
    card = index.cards(by=make_actor(Role.BRANCH_DOCTOR, county.branch), patient_ids=[leg.patient_id])
    names = {card[leg.patient_id].name, card[leg.patient_id].masked_name, "周桂芳", "周*芳"}
    assert [name for name in names for page in pages if name in page.text] == []


@pytest.mark.parametrize("topic", ["exams", "money"])
def test_who_does_not_count_sees_no_county(client, topic):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))

    assert client.get(f"/indicators/{topic}/").status_code == 403


def test_a_span_is_compared_with_the_one_before(county):
    now = clock.now()
    with moved_to(now - timedelta(days=40)):
        make_submitted(county)
    new, late = make_submitted(make_county()), make_submitted(make_county())
    Referral.objects.filter(pk=late.pk).update(due_at=now - timedelta(minutes=1))
    Referral.objects.filter(pk=new.pk).update(due_at=now + timedelta(hours=1))

    told = indicators.county(by=make_actor(Role.LEADER, county.hospital), days=30)

    up = told.tiles[0]
    assert (up.value, up.before, sum(up.course)) == (2, 1, 2)
    assert [(fact.tone, fact.number) for fact in told.facts] == [("bad", 1)]
    assert told.lines[0].late == 1


def test_an_exam_made_again_while_the_earlier_one_was_good_is_counted():
    scene = make_scene()
    first, second, third = (make_examined(scene) for _exam in range(3))
    rows = ExamRequest.objects.filter(pk__in=[first.pk, second.pk, third.pk])
    rows.update(patient=first.patient_id, item=first.item_id)
    type(first.item).objects.filter(pk=first.item_id).update(repeat_days=7)
    now = clock.now()
    rows.filter(pk=first.pk).update(reported_at=now - timedelta(days=3), examined_at=now - timedelta(days=3))
    rows.filter(pk=second.pk).update(examined_at=now - timedelta(days=1))
    rows.filter(pk=third.pk).update(examined_at=now + timedelta(days=20))

    told = diagnosed.figures(by=make_actor(Role.STATISTICIAN, scene.centre))

    assert (told.asked, told.again, [line.again for line in told.lines]) == (3, 1, [1])


def test_sums_are_those_of_the_settlements(county):
    settled(county.hospital, assistance=1500)
    settled(county.branch)

    told = insurance.figures(by=make_actor(Role.LEADER, county.hospital))

    assert (told.number, told.total, told.pool, told.assistance, told.cash) == (2, 200, 120, 15, 65)
    assert (told.funds, round(told.funds_share or 0, 1)) == (135, 67.5)
    assert sorted((line.number, line.funds) for line in told.lines) == [(1, 60), (1, 75)]


def test_the_welfare_officer_sees_whose_help_did_not_come_masked(client, county):
    settled(county.hospital, assistance=1500)
    settled(county.hospital, identity=False)
    settled(county.hospital)
    sign_in(client, make_staff(Role.WELFARE_OFFICER, make_organisation(OrganisationKind.COUNTY_BUREAU)))

    told, aided = client.get("/").text, client.get("/?show=aided").text

    assert (told.count("周*芳"), told.count("> 已结算，没有救助</span>")) == (1, 1)
    assert (aided.count("周*芳"), aided.count("> 已救助结算</span>")) == (1, 1)
    assert "周桂芳" not in told + aided


def test_the_welfare_officers_numbers_are_their_lists(county):
    for assistance in (1500, 0, 0):
        settled(county.hospital, assistance=assistance)
    officer = make_actor(Role.WELFARE_OFFICER, make_organisation(OrganisationKind.COUNTY_BUREAU))

    pages = [welfare.page(by=officer, show=key) for key in welfare.SHOWN]

    assert [len(page.rows) for page in pages] == [tile.number for tile in pages[0].counts] == [2, 0, 0, 0, 1]
    assert {tile.url for tile in pages[0].counts} == {f"/?show={key}" for key in welfare.SHOWN}
    assert (pages[0].assistance, pages[0].cash) == (15, 105)
    assert welfare.page(by=officer).show == "unaided"
