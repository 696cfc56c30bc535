"""The desk's pages for hospitals outside: the telephone, the messages; and the same by a program."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from consortium.choices import Role
from consortium.models import Staff
from kernel import clock
from kernel.errors import Conflict
from kernel.models import AuditEntry
from referral import selectors, services
from referral.choices import TELEPHONED, Bound, Event, MessageState, Status
from referral.forms.outside import FORMS
from referral.models import PeerMessage, Referral, Telephoned
from referral.services.outside.telephoning import VERBS
from tests.factories.api import of_staff
from tests.factories.consortium import make_actor, make_organisation, make_staff, sign_in
from tests.factories.emr import make_patient
from tests.factories.outside import make_outside
from tests.factories.referral import make_county, make_submitted
from tests.referral.exchanged import carry, hand_in, person, requested, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    """A branch below the head hospital, so that the referral centre telephones for it."""
    made = make_county()
    made.branch.parent = made.hospital
    made.branch.save()
    return made


@pytest.fixture
def desk(client, county):
    sign_in(client, Staff.objects.get(pk=county.coordinator.id))
    return client


def told(browser, leg, event, **said):
    leg.refresh_from_db()
    words = {"event": event, "version": leg.version, "told_by": "心外科 王主任", **said}
    return browser.post(f"/referrals/{leg.pk}/telephoned/", words)


def test_every_step_that_is_telephoned_has_a_form_and_a_verb():
    assert set(FORMS) == set(TELEPHONED) == set(VERBS)


def test_the_desk_writes_down_the_whole_way(desk, county):
    leg = sent(county, make_outside())
    page = desk.get(f"/referrals/{leg.pk}/telephoned/")
    offered = re.findall(r'href="\?event=(\w+)"', page.text)
    assert offered == ["accept", "request_info", "reject", "advise", "arrive"]

    assert told(desk, leg, "accept", words="急诊三楼").status_code == 302
    assert told(desk, leg, "arrive", identity_checked="on").status_code == 302
    assert told(desk, leg, "admit", complaint="胸痛").status_code == 302
    answer = told(
        desk, leg, "complete_care", outcome="术后好转", advice="控制血压", note="病历邮寄",
        told_at=clock.local(clock.now() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    assert answer.status_code == 302
    leg.refresh_from_db()
    assert (leg.status, leg.outcome, leg.follow_up) == (Status.CARE_COMPLETED, "术后好转", "none")
    lines = Telephoned.objects.filter(referral=leg).order_by("version")
    assert [(one.told_by, one.words, one.written_by_id) for one in lines] == [
        ("心外科 王主任", "", county.coordinator.id),
        ("心外科 王主任", "", county.coordinator.id),
        ("心外科 王主任", "", county.coordinator.id),
        ("心外科 王主任", "病历邮寄", county.coordinator.id),
    ]
    assert lines[3].written_at - lines[3].told_at > timedelta(hours=1, minutes=58)
    shown = desk.get(f"/referrals/{leg.pk}/telephoned/").text
    assert (shown.count("心外科 王主任"), shown.count("病历邮寄")) == (4, 1)


def test_what_was_typed_comes_back_with_the_sentence(desk, county):
    leg = sent(county, make_outside())
    answer = told(desk, leg, "reject", code="R01", text="心外科无床", instead="", told_by="")
    assert answer.status_code == 422
    assert ("心外科无床" in answer.text, Telephoned.objects.exists()) == (True, False)
    leg.refresh_from_db()
    assert leg.status == Status.SUBMITTED
    late = told(desk, leg, "complete_care", outcome="好转", advice="休息")
    assert late.status_code == 409


def test_a_leg_of_members_has_no_telephone_page(desk, county):
    ours = make_submitted(county)
    assert desk.get(f"/referrals/{ours.pk}/telephoned/").status_code == 404
    assert ours.number not in desk.get("/referrals/outside/").text


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.BED_DESK, Role.STATISTICIAN])
def test_other_posts_do_not_telephone(client, county, role):
    leg = sent(county, make_outside())
    sign_in(client, make_staff(role, county.hospital))
    assert client.get(f"/referrals/{leg.pk}/telephoned/").status_code == 403
    assert client.get("/referrals/outside/").status_code == 403
    assert client.get("/referrals/messages/").status_code == 403


def test_an_emergency_on_its_way_is_confirmed_by_telephone(desk, county):
    leg = sent(county, make_outside())
    services.emergency_send(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", eta_minutes=60, transport="120"
    )
    assert told(desk, leg, "confirm_ready", ready="急诊抢救室 李医生").status_code == 302
    leg.refresh_from_db()
    assert (leg.status, leg.ready) == (Status.IN_TRANSIT, "急诊抢救室 李医生")


@pytest.mark.parametrize("legs", [1, 3])
def test_the_list_asks_as_often_for_three_legs_as_for_one(county, legs, django_assert_num_queries):
    city = make_outside()
    for _leg in range(legs):
        sent(_second(county), city)
    with django_assert_num_queries(9):
        assert len(selectors.outside_legs(by=county.coordinator)) == legs


def _second(county):
    return replace(county, patient=make_patient(county.branch))


# -- by a program ------------------------------------------------------------------------------------------------


def test_a_program_writes_down_the_same(county):
    leg = sent(county, make_outside())
    program = of_staff(Staff.objects.get(pk=county.coordinator.id))
    said = {"event": "accept", "version": leg.version, "told_by": "王主任", "words": "急诊三楼"}

    answer = program.post(f"referrals/{leg.pk}/telephoned/", **said)

    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert Telephoned.objects.get().told_by == "王主任"
    stale = program.post(f"referrals/{leg.pk}/telephoned/", **{**said, "event": "arrive", "words": "x"})
    assert stale.status_code == 422
    wrong = program.post(f"referrals/{leg.pk}/telephoned/", **{**said, "event": "schedule"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["event"])
    ours = make_submitted(_second(county))
    astray = program.post(f"referrals/{ours.pk}/telephoned/", **{**said, "version": ours.version})
    assert astray.status_code == 404


def test_a_program_tells_a_discharge_without_our_words_for_what_follows(county):
    leg = sent(county, make_outside())
    program = of_staff(Staff.objects.get(pk=county.coordinator.id))
    for said in (
        {"event": "arrive", "identity_checked": True},
        {"event": "admit", "complaint": "胸痛"},
        {"event": "complete_care", "outcome": "好转", "advice": "休息"},
    ):
        leg.refresh_from_db()
        answer = program.post(
            f"referrals/{leg.pk}/telephoned/", version=leg.version, told_by="李护士", **said
        )
        assert answer.status_code == 200, answer.json()
    leg.refresh_from_db()
    assert (leg.status, leg.no_plan) == (Status.CARE_COMPLETED, "other")


# -- messages ----------------------------------------------------------------------------------------------------


def test_messages_are_listed_opened_and_sent_again(desk, county, city, hospital):
    hospital.control("fault", kind="refuse")
    leg = sent(county, city)
    carry()
    row = PeerMessage.objects.get(referral=leg)

    listed = desk.get("/referrals/messages/").text
    opened = desk.get(f"/referrals/messages/{row.pk}/").text

    assert (leg.number in listed, "患者信息不完整" in listed) == (True, True)
    raw = json.loads(html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", opened, re.DOTALL)[1]))
    kinds = [entry["resource"]["resourceType"] for entry in raw["entry"]]
    assert kinds[:2] == ["MessageHeader", "Appointment"]
    (patient,) = (
        entry["resource"] for entry in raw["entry"] if entry["resource"]["resourceType"] == "Patient"
    )
    assert {re.sub(r"[^*]", "", one["value"]) for one in patient["identifier"]} != {""}

    answer = desk.post(f"/referrals/messages/{row.pk}/resend/", {"key": "again"})

    assert answer.status_code == 302
    carry()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (MessageState.TAKEN, 2)
    assert desk.post(f"/referrals/messages/{row.pk}/resend/", {"key": "once more"}).status_code == 409
    assert AuditEntry.objects.filter(action="referral.message_resent", subject_id=str(row.pk)).count() == 1


def test_an_overtaken_message_is_not_sent_again(county, city, hospital):
    hospital.control("fault", kind="refuse")
    leg = sent(county, city)
    carry()
    services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了")
    carry()
    first = PeerMessage.objects.filter(referral=leg).order_by("created_at").first()
    assert first.state == MessageState.REFUSED
    with pytest.raises(Conflict) as refused:
        services.resend(by=county.coordinator, message_id=first.pk, key="")
    assert refused.value.code == "overtaken"


def test_a_press_twice_sends_once(county, tmp_path):
    leg = sent(county, make_outside())
    row = PeerMessage.objects.create(
        organisation=leg.target, referral=leg, way=Bound.OUT, activity="C01001", header="h", body_sealed=b"x",
        state=MessageState.REFUSED, created_at=clock.now(), settled_at=clock.now(),
    )  # fmt: skip
    services.resend(by=county.coordinator, message_id=row.pk, key="k")
    PeerMessage.objects.filter(pk=row.pk).update(
        state=MessageState.TAKEN, due_at=None, settled_at=clock.now()
    )
    assert services.resend(by=county.coordinator, message_id=row.pk, key="k").state == MessageState.TAKEN


def test_one_of_theirs_that_was_taken_has_been_taken_in_by_us(city, hospital, desk, door):
    hand_in(door, requested(hospital, "QZ-30"))
    row = PeerMessage.objects.get(way=Bound.IN)
    for page in ("/referrals/messages/", f"/referrals/messages/{row.pk}/"):
        shown = desk.get(page).text
        assert ("已收下" in shown, "已送达" in shown) == (True, False)


def test_what_is_above_the_reader_is_withheld(county, city, hospital, desk, door):
    leg = sent(county, city)
    carry()
    report = {
        "resourceType": "DiagnosticReport", "id": "r1", "status": "final", "code": {"text": "HIV 抗体"},
        "conclusion": "HIV 感染", "subject": {"reference": "Patient/p1"},
    }  # fmt: skip
    said = hospital.control(
        "record", appointment=f"Appointment/{leg.pk}-a", outcome="好转", advice="休息", along=[report]
    )
    assert hand_in(door, said).status_code == 422
    row = PeerMessage.objects.get(way=Bound.IN)
    opened = desk.get(f"/referrals/messages/{row.pk}/").text
    assert ("HIV" in opened, "r1" in opened) == (False, True)


def test_another_referral_centre_sees_none_of_it(client, county, city, hospital):
    sent(county, city)
    carry()
    row = PeerMessage.objects.get()
    sign_in(client, make_staff(Role.COORDINATOR, make_organisation()))
    assert client.get("/referrals/messages/").text.count(str(row.pk)) == 0
    assert client.get(f"/referrals/messages/{row.pk}/").status_code == 404
    assert client.post(f"/referrals/messages/{row.pk}/resend/", {"key": "x"}).status_code == 404


def test_a_refused_message_is_kept_told_and_taken_in_the_end(client, county, city, hospital, door):
    message = requested(hospital, "QZ-20", patient=person(identifier=[]))
    assert hand_in(door, message).status_code == 422
    row = PeerMessage.objects.get()
    assert (row.way, row.state, row.referral_id) == (Bound.IN, MessageState.REFUSED, None)
    sign_in(client, Staff.objects.get(pk=county.coordinator.id))
    assert row.answer in html.unescape(client.get(f"/referrals/messages/{row.pk}/").text)
    assert (Referral.objects.count(), hand_in(door, message).status_code) == (0, 422)
    row.refresh_from_db()
    assert (row.attempts, PeerMessage.objects.count()) == (2, 1)

    message["entry"][2]["resource"].update(person())

    assert hand_in(door, message).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.answer, row.referral_id) == (MessageState.TAKEN, "", Referral.objects.get().pk)


def test_events_of_a_side_are_the_tables(county):
    leg = sent(county, make_outside())
    call = selectors.outside_call(by=make_actor(Role.COORDINATOR, county.hospital), referral_id=leg.pk)
    assert Event.WITHDRAW not in call.events
    assert call.receives is True
