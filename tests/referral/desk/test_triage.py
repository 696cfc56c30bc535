"""The triage board: each tile's number is its list's length; the cursor moves on; colleagues see who looks at what."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from consortium.choices import Role
from kernel import clock
from referral import selectors
from referral.choices import Event, Lane, Status
from referral.models import Referral
from referral.selectors.desk.triage import Heap
from tests.factories.consortium import make_actor, make_department, make_organisation, make_staff, sign_in
from tests.referral.steps import at, cause

pytestmark = pytest.mark.django_db
BOARD = "/referrals/triage/"
LANES = {
    Status.SUBMITTED: {Lane.TRIAGE},
    Status.INFO_REQUESTED: {Lane.ASKED},
    Status.ACCEPTED: {Lane.BED},
    Status.WAITLISTED: {Lane.WAITLIST},
    Status.SCHEDULED: {Lane.TODAY},
    Status.IN_TRANSIT: {Lane.MOVING, Lane.TODAY, Lane.TRIAGE},
    Status.ARRIVED: {Lane.TODAY},
    Status.NO_SHOW: {Lane.NO_SHOW},
    Status.CLOSED: set(),
}


def board(leg: Referral, lane: Lane = Lane.TRIAGE, **more):
    desk = make_actor(Role.COORDINATOR, leg.target)
    return selectors.triage(by=desk, heap=Heap(lane, **more))


@pytest.mark.parametrize("status", LANES)
def test_a_leg_lies_in_its_heaps_and_is_counted_there(status):
    leg = at(status)
    lists = {lane: [row.referral.pk for row in board(leg, lane).rows] for lane in Lane}
    counts = {tile.key: tile.number for tile in board(leg).tiles}
    assert {lane for lane, found in lists.items() if found == [leg.pk]} == LANES[status]
    assert counts == {lane: len(found) for lane, found in lists.items()}


@pytest.mark.parametrize("many", [1, 3])
def test_the_board_takes_five_statements(many, django_assert_num_queries):
    legs = [at(Status.SUBMITTED) for _ in range(many)]
    desk = make_actor(Role.COORDINATOR, legs[0].target)
    with django_assert_num_queries(5):
        found = selectors.triage(by=desk, heap=Heap())
    assert (len(found.rows), found.number) == (many, many)


def test_emergencies_stand_first_then_who_has_least_time_left():
    legs = [at(Status.SUBMITTED) for _ in range(3)]
    due = [timedelta(hours=3), timedelta(hours=1), timedelta(hours=9)]
    for leg, left, priority in zip(legs, due, ["routine", "routine", "emergency"], strict=True):
        Referral.objects.filter(pk=leg.pk).update(due_at=clock.now() + left, priority=priority)
    assert [row.referral.pk for row in board(legs[0]).rows] == [legs[2].pk, legs[1].pk, legs[0].pk]


def test_a_filter_narrows_tiles_and_list_alike():
    mine, other = at(Status.SUBMITTED), at(Status.SUBMITTED)
    found = board(mine, source=other.source_id)
    assert [row.referral.pk for row in found.rows] == [other.pk]
    assert found.number == 1
    assert {part.id: part.number for part in found.sources} == {mine.source_id: 1, other.source_id: 1}


def test_another_hospitals_board_is_empty():
    at(Status.SUBMITTED)
    found = selectors.triage(by=make_actor(Role.COORDINATOR, make_organisation()), heap=Heap())
    assert (found.rows, found.number) == ([], 0)


def desk_of(client, leg):
    """The referral centre of the receiving hospital, signed in."""
    staff = make_staff(Role.COORDINATOR, leg.target)
    sign_in(client, staff)
    return staff


def test_a_tile_leads_to_its_list(client):
    leg = at(Status.INFO_REQUESTED)
    desk_of(client, leg)
    page = client.get(f"{BOARD}?lane=asked")
    assert [row.referral.pk for row, _who in page.context["rows"]] == [leg.pk]
    assert "page" not in page.context


def test_the_chosen_leg_comes_alone_where_the_script_asks_for_it(client):
    leg = at(Status.SUBMITTED)
    desk_of(client, leg)
    page = client.get(f"{BOARD}?row={leg.pk}", headers={"HX-Request": "true", "HX-Target": "pane"})
    words = page.content.decode()
    assert page.context["referral"] == leg
    assert re.findall(r'data-key="(\w)"', words) == ["O", "A", "I", "D", "X"]
    assert words.lstrip().startswith("<section")


def test_an_answer_comes_back_to_the_board_and_says_what_was_done(client):
    leg = at(Status.SUBMITTED)
    desk_of(client, leg)
    ward = make_department(leg.target)
    then = f"{BOARD}?lane=triage&row={leg.pk}"
    order = {"version": leg.version, "key": "a", "department": ward.pk, "then": then}
    done = client.post(reverse("referral:accept", args=[leg.pk]), order)
    leg.refresh_from_db()
    assert (done.headers["Location"], leg.status) == (then, Status.ACCEPTED)
    assert leg.number in client.get(then).content.decode()


@pytest.mark.parametrize(
    "then", ["https://elsewhere.example/", "//elsewhere.example/referrals/", "/security/"]
)
def test_an_answer_comes_back_to_our_boards_only(client, then):
    leg = at(Status.SUBMITTED)
    desk_of(client, leg)
    order = {"version": leg.version, "department": make_department(leg.target).pk, "then": then}
    done = client.post(reverse("referral:accept", args=[leg.pk]), order)
    assert done.headers["Location"] == reverse("referral:detail", args=[leg.pk])


def test_what_was_typed_comes_back_with_the_sentence(client):
    leg = at(Status.SUBMITTED)
    desk_of(client, leg)
    order = {"version": leg.version, "code": "R01", "text": "全院无床，三天后再联系", "instead": ""}
    page = client.post(reverse("referral:reject", args=[leg.pk]), order)
    assert page.status_code == 422
    assert "全院无床，三天后再联系" in page.content.decode()


def test_what_was_typed_for_a_leg_that_moved_is_shown(client):
    leg = at(Status.SUBMITTED)
    desk_of(client, leg)
    order = {"version": leg.version, "code": "R01", "text": "全院无床", "instead": "三天后再联系"}
    cause(leg, Event.WITHDRAW)
    page = client.post(reverse("referral:reject", args=[leg.pk]), order)
    assert page.status_code == 409
    assert "三天后再联系" in page.content.decode()


def test_colleagues_see_who_has_a_leg_before_her(client):
    leg = at(Status.SUBMITTED)
    one = desk_of(client, leg)
    client.get(f"{BOARD}?row={leg.pk}")
    other = Client()
    desk_of(other, leg)
    seen = other.get(BOARD).context["rows"]
    own = client.get(BOARD).context["rows"]
    assert ([who for _row, who in seen], [who for _row, who in own]) == ([one.name], [""])
