"""The message exchange with a hospital outside that runs as a process of its own: out, in, refused, dead, once."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from fhir.resources.R4B.bundle import Bundle

from consortium.models import Notification
from emr.repository import selectors as repository
from kernel import clock
from referral import services
from referral.choices import Bound, Event, MessageState, Status
from referral.models import PeerMessage
from tests.emr.repository.conftest import told
from tests.factories.emr import make_encounter, make_patient
from tests.factories.outside import Hospital, make_outside
from tests.factories.referral import make_county
from tests.referral.exchanged import CARRIER, HOUSE, arrived_there, carry, focus_of, hand_in, patient_of, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


# -- out --------------------------------------------------------------------------------------------------------


def test_a_request_reaches_the_hospital_outside_as_the_profile_says(county, city, hospital):
    make_encounter(county.doctor, county.patient.pk, diagnoses=[(None, "高血压", "confirmed")])
    leg = sent(county, city)
    carry()
    (message,) = arrived_there(hospital, leg)
    Bundle.model_validate(message["bundle"])
    header, appointment = (entry["resource"] for entry in message["bundle"]["entry"][:2])
    assert header["eventCoding"] == {
        "system": "http://CodeSystem.hl7fhir.cn/activity-code", "code": "C01001", "display": "转诊预约申请",
    }  # fmt: skip
    assert header["focus"] == [{"reference": f"Appointment/{leg.pk}-a"}]
    assert (appointment["id"], appointment["status"]) == (f"{leg.pk}-a", "proposed")
    kinds = [entry["resource"]["resourceType"] for entry in message["bundle"]["entry"]]
    assert {"Patient", "ServiceRequest", "Consent"} <= set(kinds)
    row = PeerMessage.objects.get(referral=leg, way=Bound.OUT)
    assert (row.state, row.attempts, row.header) == (MessageState.TAKEN, 1, header["id"])


def test_the_whole_way_by_messages(county, city, hospital, door):
    leg = sent(county, city)
    carry()
    start = (clock.now() + timedelta(days=1)).isoformat(timespec="seconds")
    end = (clock.now() + timedelta(days=2)).isoformat(timespec="seconds")
    yes = hospital.control(
        "answer", appointment=f"Appointment/{leg.pk}-a", status="accepted", start=start, end=end
    )
    answer = hand_in(door, yes)
    assert (answer.status_code, told(answer)["entry"][0]["resource"]["response"]) == (
        200, {"identifier": yes["entry"][0]["resource"]["id"], "code": "ok"},
    )  # fmt: skip
    Bundle.model_validate(told(answer))
    leg.refresh_from_db()
    assert leg.status == Status.ACCEPTED
    services.start_transfer(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", eta_minutes=90)
    assert (
        hand_in(door, hospital.control("arrival", appointment=f"Appointment/{leg.pk}-a")).status_code == 200
    )
    carry()
    record = arrived_there(hospital, leg)[-1]
    assert (record["activity"], focus_of(record)["resourceType"]) == ("C01004", "Task")
    Bundle.model_validate(record["bundle"])
    paper = {
        "resourceType": "Composition", "id": "n1", "status": "final", "type": {"text": "出院记录"},
        "date": "2026-11-30T08:00:00+08:00", "author": [{"display": "王主任"}], "title": "出院记录",
    }  # fmt: skip
    reply = hospital.control(
        "record", appointment=f"Appointment/{leg.pk}-a", outcome="术后好转", advice="控制血压",
        patient=patient_of(record), along=[paper],
    )  # fmt: skip
    assert hand_in(door, reply).status_code == 200
    leg.refresh_from_db()
    assert (leg.status, leg.outcome, leg.advice) == (Status.CARE_COMPLETED, "术后好转", "控制血压")
    events = [one.event for one in leg.entries.order_by("version")]
    assert events == ["submit", "accept", "start_transfer", "arrive", "admit", "complete_care"]
    assert {one.organisation_id for one in leg.entries.filter(event="accept")} == {city.pk}
    (kept,) = leg.attachments.all()
    stored = repository.read(by=HOUSE, kind="Composition", id=kept.resource_id)
    assert (stored["title"], stored["subject"]["reference"]) == ("出院记录", f"Patient/{leg.patient_id}")


@pytest.mark.parametrize(
    ("status", "reached"), [("declined", Status.REJECTED), ("tentative", Status.INFO_REQUESTED)]
)
def test_no_and_a_question(county, city, hospital, door, status, reached):
    leg = sent(county, city)
    said = hospital.control(
        "answer", appointment=f"Appointment/{leg.pk}-a", status=status, comment="心外科无床"
    )
    assert hand_in(door, said).status_code == 200
    leg.refresh_from_db()
    assert leg.status == reached


def test_taking_back_is_a_cancelled_appointment(county, city, hospital):
    leg = sent(county, city)
    carry()
    services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="不去了")
    carry()
    assert [focus_of(one)["status"] for one in arrived_there(hospital, leg)] == ["proposed", "cancelled"]


def test_what_the_hospital_outside_may_not_read_does_not_go_along(county, city, hospital):
    make_encounter(
        county.doctor,
        county.patient.pk,
        diagnoses=[(None, "HIV 感染", "confirmed"), (None, "高血压", "confirmed")],
    )
    leg = sent(county, city)
    services.telephoned(
        by=county.doctor, referral_id=leg.pk, event=Event.ARRIVE, version=leg.version, key="", told_by="急诊 李护士",
        said={"identity_checked": True},
    )  # fmt: skip
    carry()
    messages = arrived_there(hospital, leg)
    assert [one["activity"] for one in messages] == ["C01001", "C01004"]
    words = json.dumps(messages, ensure_ascii=False)
    assert ("HIV" in words, "高血压" in words) == (False, True)


# -- faults -----------------------------------------------------------------------------------------------------


def again(leg):
    """The waiting time of a message is over."""
    PeerMessage.objects.filter(referral=leg, state=MessageState.DUE).update(due_at=clock.now())
    carry()


@pytest.mark.parametrize("fault", ["drop_request", "drop_reply", "http_500"])
def test_a_lost_exchange_is_sent_again_and_counted_once(county, city, hospital, fault):
    hospital.control("fault", kind=fault)
    leg = sent(county, city)
    carry()
    assert PeerMessage.objects.get(referral=leg).state == MessageState.DUE
    again(leg)
    (message,) = arrived_there(hospital, leg)
    row = PeerMessage.objects.get(referral=leg)
    assert (row.state, row.attempts, message["times"]) == (
        MessageState.TAKEN, 2, 2 if fault == "drop_reply" else 1,
    )  # fmt: skip


def test_a_killed_hospital_loses_nothing_and_holds_nobody_back(county, tmp_path, hospital):
    with Hospital(tmp_path / "far") as far:
        port, data = far.port, far.folder
        dead, alive = make_outside(far), make_outside(hospital)
        far.stop(at_once=True)
    first, other = sent(county, dead), sent(make_second_patient(county), alive)
    carry()
    again(first)
    accepted_late = services.withdraw(
        by=county.doctor, referral_id=first.pk, version=first.version, key="", reason="家属改变主意"
    )
    carry()
    assert accepted_late.status == Status.CANCELLED
    assert [one["activity"] for one in arrived_there(hospital, other)] == ["C01001"]
    assert PeerMessage.objects.filter(referral=first, state=MessageState.DUE).count() == 2
    far = Hospital(data, port)
    try:
        again(first)
        again(first)
        assert [focus_of(one)["status"] for one in arrived_there(far, first)] == ["proposed", "cancelled"]
        assert PeerMessage.objects.filter(referral=first, state=MessageState.TAKEN).count() == 2
    finally:
        far.stop()


def make_second_patient(county):
    return replace(county, patient=make_patient(county.branch))


def test_a_refusal_is_said_to_who_refers(county, city, hospital):
    hospital.control("fault", kind="refuse")
    leg = sent(county, city)
    carry()
    row = PeerMessage.objects.get(referral=leg)
    assert (row.state, row.answer) == (MessageState.REFUSED, "患者信息不完整")
    assert Notification.objects.filter(key=f"referral:{leg.pk}:message:{row.pk}").count() == 1


def test_silence_is_said_once_after_a_while(county, tmp_path):
    with Hospital(tmp_path) as far:
        place = make_outside(far)
    leg = sent(county, place)
    carry()
    for _attempt in range(8):
        again(leg)
    row = PeerMessage.objects.get(referral=leg)
    assert (row.state, row.attempts) == (MessageState.DUE, 9)
    assert Notification.objects.filter(key=f"referral:{leg.pk}:message:{row.pk}").count() == 1


def test_the_same_step_composes_one_message(county, city, hospital):
    leg = sent(county, city)
    carry()
    assert services.compose(by=CARRIER, referral_id=leg.pk, event="submit", version=leg.version) == 0
    assert PeerMessage.objects.filter(referral=leg).count() == 1
