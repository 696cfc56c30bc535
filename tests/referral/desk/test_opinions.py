"""The desk asks a specialist what he would do with a leg; he answers; the desk decides."""

from dataclasses import replace

import pytest
from django.urls import reverse

from consortium.choices import Role
from consortium.models import NotificationRecipient, Staff
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from referral import services
from referral.choices import ASKED_ABOUT, Says, Status
from referral.models import Opinion
from referral.selectors import detail, triage, work
from referral.selectors.desk.opinions import opinion, opinions_wanted, whom
from referral.selectors.desk.triage import Heap
from tests.factories.consortium import make_actor, make_department, make_organisation, sign_in
from tests.factories.emr import make_patient
from tests.factories.referral import make_county, make_submitted
from tests.referral.steps import at


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def heart(county):
    """A specialist of the ward."""
    return make_actor(Role.SPECIALIST, county.hospital, department=county.ward)


@pytest.fixture
def leg(county):
    leg = make_submitted(county)
    leg.department = county.ward
    leg.save(update_fields=["department"])
    return leg


def ask(county, leg, *, by=None, department=None, key="", **more):
    return services.ask_specialist(
        by=by or county.coordinator, referral_id=leg.pk, key=key,
        department_id=(department or county.ward).pk, **more,
    )  # fmt: skip


def answer(by, row, says="take", words="", key=""):
    return services.give_opinion(by=by, opinion_id=row.pk, key=key, says=says, words=words)


def told(staff_id):
    rows = NotificationRecipient.objects.filter(staff=staff_id, notification__key__startswith="opinion:")
    return [
        (row.notification.title, row.read_at is None)
        for row in rows.select_related("notification").order_by("pk")
    ]


# -- asked ----------------------------------------------------------------------------------------------------


def test_every_specialist_of_the_department_is_told_and_the_leg_stays_where_it_is(county, leg, heart):
    other = make_actor(Role.SPECIALIST, county.hospital, department=county.ward)
    before = (leg.status, leg.version, leg.due_at, leg.call_at)

    row = ask(county, leg, question="要不要临时起搏？")

    leg.refresh_from_db()
    assert (leg.status, leg.version, leg.due_at, leg.call_at) == before
    assert told(heart.id) == told(other.id) == [(f"{leg.number}：转诊岗请您给意见", True)]
    assert told(county.specialist.id) == [], "of another department"
    assert AuditEntry.objects.filter(action="referral.specialist_asked").get().subject_id == str(row.pk)
    assert [one.opinion for one in opinions_wanted(by=heart)] == [row]


def test_one_specialist_may_be_asked_by_name(county, leg, heart):
    other = make_actor(Role.SPECIALIST, county.hospital, department=county.ward)

    row = ask(county, leg, specialist_id=heart.id)

    assert (len(told(heart.id)), told(other.id), opinions_wanted(by=other)) == (1, [], [])
    with pytest.raises(OutOfReach):
        answer(other, row)


def test_a_department_owes_one_word_at_a_time(county, leg, heart):
    ask(county, leg)

    with pytest.raises(Conflict) as error:
        ask(county, leg, specialist_id=heart.id)
    assert error.value.code == "asked_already"


def test_the_same_order_twice_asks_once(county, leg, heart):
    assert ask(county, leg, key="same") == ask(county, leg, key="same")
    assert Opinion.objects.count() == 1


@pytest.mark.parametrize("status", [one for one in Status if one not in ASKED_ABOUT])
def test_nobody_is_asked_about_a_leg_that_is_here_or_over(db, status):
    leg = at(status)
    ward = leg.target.departments.order_by("code").first()
    make_actor(Role.SPECIALIST, leg.target, department=ward)
    desk = make_actor(Role.COORDINATOR, leg.target)

    with pytest.raises((Conflict, OutOfReach)):
        services.ask_specialist(by=desk, referral_id=leg.pk, key="", department_id=ward.pk)
    assert Opinion.objects.count() == 0


def test_only_the_desk_asks_of_its_own_hospital_and_somebody_who_can_answer(county, leg, heart):
    stranger = make_actor(Role.COORDINATOR, make_organisation())
    empty, elsewhere = make_department(county.hospital), make_department(make_organisation())

    for by, error in ((county.doctor, Refused), (heart, Refused), (stranger, OutOfReach)):
        with pytest.raises(error):
            ask(county, leg, by=by)
    for department in (empty, elsewhere):
        with pytest.raises(Invalid):
            ask(county, leg, department=department)
    with pytest.raises(Invalid):
        ask(county, leg, specialist_id=county.specialist.id)
    assert Opinion.objects.count() == 0


# -- answered -------------------------------------------------------------------------------------------------


def test_a_word_is_told_to_who_asked_and_moves_nothing(county, leg, heart):
    row = ask(county, leg)
    before = (leg.status, leg.version, leg.due_at)

    answer(heart, row, "stay", "停美托洛尔，一周后复查动态心电图")

    leg.refresh_from_db()
    row.refresh_from_db()
    assert (leg.status, leg.version, leg.due_at) == before
    assert (row.says, row.answered_by_id) == ("stay", heart.id)
    assert told(county.coordinator.id) == [(f"{leg.number} {county.ward.name}：可留基层，指导后处理", True)]
    assert told(heart.id)[0][1] is False, "what was asked of him is done"
    assert opinions_wanted(by=heart) == []
    assert AuditEntry.objects.filter(action="referral.opinion_given").count() == 1


def test_the_desk_decides_otherwise_all_the_same(county, leg, heart):
    answer(heart, ask(county, leg), "stay", "可在基层处理")

    leg = services.accept(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", department_id=county.ward.pk
    )

    assert leg.status == Status.ACCEPTED


def test_of_two_colleagues_the_first_word_counts(county, leg, heart):
    other = make_actor(Role.SPECIALIST, county.hospital, department=county.ward)
    row = ask(county, leg)
    answer(heart, row, key="mine")
    assert answer(heart, row, key="mine").answered_by_id == heart.id, "the same order again"

    with pytest.raises(Conflict) as error:
        answer(other, row, "stay", "可留")
    assert error.value.code == "answered_already"


def test_colleagues_who_answer_at_once_give_one_word(race_db):
    county = make_county()
    people = [make_actor(Role.SPECIALIST, county.hospital, department=county.ward) for _one in range(4)]
    row = ask(county, make_submitted(county))

    answers = race_db.at_once([lambda by=by: answer(by, row) for by in people])

    assert sorted(type(one).__name__ for one in answers) == ["Conflict"] * 3 + ["Opinion"]


def test_a_word_that_comes_too_late_says_so(county, leg, heart):
    row = ask(county, leg)
    services.reject(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="",
        code="R01", text="无床", instead="请转市医院",
    )  # fmt: skip

    with pytest.raises(Conflict) as error:
        answer(heart, row)
    assert (error.value.code, opinions_wanted(by=heart)) == ("decided", [])


@pytest.mark.parametrize("says", ["", "perhaps", *[one for one in Says if one != Says.TAKE]])
def test_a_choice_that_helps_nobody_without_words_needs_them(county, leg, heart, says):
    row = ask(county, leg)

    with pytest.raises(Invalid):
        answer(heart, row, says)
    row.refresh_from_db()
    assert row.says == ""


def test_nobody_answers_for_a_specialist(county, leg, heart):
    row = ask(county, leg)
    elsewhere = make_actor(Role.SPECIALIST, make_organisation())

    for by, error in ((county.coordinator, Refused), (county.doctor, Refused), (elsewhere, OutOfReach)):
        with pytest.raises(error):
            answer(by, row)


# -- seen -----------------------------------------------------------------------------------------------------


def test_the_word_stands_in_the_history_and_its_content_stays_at_the_receiving_side(county, leg, heart):
    answer(heart, ask(county, leg, question="起搏？"), "take", "急诊临时起搏")

    def lines(by):
        page = detail(by=by, referral_id=leg.pk)
        return [str(one["text"]) for one in page.events if str(one["what"]).startswith(("专科", "已请"))]

    here, there = lines(county.coordinator), lines(county.doctor)
    assert [("急诊临时起搏" in one, "起搏？" in one) for one in here] == [(True, False), (False, True)]
    assert [("起搏" in one, county.ward.name in one) for one in there] == [(False, True), (False, True)]


def test_it_waits_on_the_specialists_home_and_marks_the_row_of_the_board(county, leg, heart):
    row = ask(county, leg)

    found = work(by=heart)
    asked = [one.url for one in found.waiting if one.key.startswith("opinion-")]
    tiles = {one.key: one.number for one in found.counts}
    marks = [
        (one.referral.asked_now, one.referral.answered_now)
        for one in triage(by=county.coordinator, heap=Heap()).rows
    ]
    answer(heart, row)
    after = [
        (one.referral.asked_now, one.referral.answered_now)
        for one in triage(by=county.coordinator, heap=Heap()).rows
    ]

    assert (asked, tiles["opinions"]) == ([reverse("referral:opinion", args=[row.pk])], 1)
    assert (marks, after) == ([(True, False)], [(False, True)])


def test_whom_the_desk_may_ask_begins_with_the_legs_own_department(county, leg, heart):
    other = make_department(county.hospital)
    make_actor(Role.SPECIALIST, county.hospital, department=other)

    found = [value for value, _label in whom(leg)]

    assert found == [str(county.ward.pk), f"{county.ward.pk}:{heart.id}", str(other.pk)]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_what_is_wanted_asks_the_same_number_of_statements(
    county, heart, number, django_assert_num_queries
):
    for _one in range(number):
        patient = make_patient(organisation=county.branch)
        ask(county, make_submitted(replace(county, patient=patient)))
    with django_assert_num_queries(6):
        assert len(opinions_wanted(by=heart)) == number


def test_the_pages_of_both_sides_ask_and_answer(county, leg, heart, client):
    sign_in(client, Staff.objects.get(pk=county.coordinator.id), Role.COORDINATOR)
    board = reverse("referral:triage")
    pane = client.get(f"{board}?row={leg.pk}").content.decode()
    back = f"{board}?lane=triage"
    sent = client.post(
        reverse("referral:ask_specialist", args=[leg.pk]),
        {"who": str(county.ward.pk), "question": "起搏？", "then": back},
    )
    wrong = client.post(
        reverse("referral:ask_specialist", args=[leg.pk]), {"who": "nobody", "question": "起搏？"}
    )
    row = Opinion.objects.get()

    sign_in(client, Staff.objects.get(pk=heart.id), Role.SPECIALIST)
    there = reverse("referral:opinion", args=[row.pk])
    page, empty = client.get(there).content.decode(), client.post(there, {"says": "stay", "words": ""})
    client.post(there, {"says": "stay", "words": "可在基层处理"})

    assert ('data-key="G"' in pane, "请专科看" in pane) == (True, True)
    assert (sent.status_code, sent["Location"], wrong.status_code) == (302, back, 422)
    assert ("起搏？" in page, empty.status_code) == (True, 422)
    assert "起搏？" in wrong.content.decode(), "what was typed is still there"
    assert opinion(by=heart, opinion_id=row.pk).opinion.words == "可在基层处理"
