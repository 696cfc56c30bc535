"""A hospital outside refers somebody to the county by messages, and hears what becomes of it."""

import json
from dataclasses import replace

import pytest
from fhir.resources.R4B.bundle import Bundle

from emr.access import selectors as access
from emr.index.models import Person
from emr.repository import selectors as repository
from referral import services
from referral.choices import ConsentBasis, MessageState, Status
from referral.models import PeerMessage, Referral
from tests.emr.repository.conftest import Fhir, told
from tests.factories.consortium import make_organisation
from tests.factories.emr import make_patient
from tests.factories.outside import make_outside
from tests.factories.referral import make_county, make_relation, make_submitted
from tests.referral.exchanged import SCOPE, carry, focus_of, hand_in, other, person, requested, sent
from tests.referral.test_services import accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def test_a_hospital_outside_refers_to_the_county_and_hears_what_becomes_of_it(county, city, hospital, door):
    assert hand_in(door, requested(hospital, "QZ-1")).status_code == 200
    leg = Referral.objects.get(source=city)
    assert (leg.status, leg.target_id, leg.outside_number, leg.outside_doctor, leg.doctor_id) == (
        Status.SUBMITTED, county.hospital.pk, "QZ-1", "许文清 0591-0000-9011", None,
    )  # fmt: skip
    assert (leg.diagnosis_code, leg.reason) == ("I69.3", "术后回县康复")
    assert access.basis(by=county.coordinator, patient_id=leg.patient_id) is not None
    leg = accepted(county, leg)
    services.arrive(
        by=county.reception, referral_id=leg.pk, version=leg.version, key="", identity_checked=True
    )
    carry()
    told_back = [one for one in hospital.received() if leg.number in json.dumps(one["bundle"])]
    assert [one["activity"] for one in told_back] == ["C01002", "C01002", "C01003"]
    for one in told_back:
        Bundle.model_validate(one["bundle"])
        assert focus_of(one)["appointment"]["reference"] == "Appointment/QZ-1"
    assert [focus_of(one)["participantStatus"] for one in told_back] == ["accepted"] * 3


def test_a_request_may_answer_a_question_and_be_taken_back(county, city, hospital, door):
    hand_in(door, requested(hospital, "QZ-2"))
    leg = Referral.objects.get(source=city)
    services.request_info(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", items=["影像"]
    )
    assert hand_in(door, requested(hospital, "QZ-2", comment="影像见附件")).status_code == 200
    leg.refresh_from_db()
    assert leg.status == Status.SUBMITTED
    assert hand_in(door, requested(hospital, "QZ-2", comment="再发一次")).status_code == 409
    assert hand_in(door, requested(hospital, "QZ-2", cancel=True, comment="患者改变主意")).status_code == 200
    leg.refresh_from_db()
    assert leg.status == Status.CANCELLED


def test_the_same_header_is_one_leg(county, city, hospital, door):
    message = requested(hospital, "QZ-3")
    first, second = hand_in(door, message), hand_in(door, message)
    assert (first.status_code, told(first)) == (200, told(second))
    assert Referral.objects.filter(source=city).count() == 1


def test_a_person_who_comes_twice_is_one_person(county, city, hospital, door):
    who = person()
    for number in ("QZ-5", "QZ-6"):
        answer = hand_in(door, requested(hospital, number, patient=who, cancel=False))
        leg = Referral.objects.filter(source=city).order_by("pk").last()
        if number == "QZ-5":
            assert answer.status_code == 200
            services.reject(
                by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", code="R01", text="无床",
                instead="下周",
            )  # fmt: skip
    assert answer.status_code == 200
    assert Referral.objects.filter(source=city).values("patient").distinct().count() == 1


def test_a_record_sent_later_is_kept_with_the_leg(county, city, hospital, door):
    who = person()
    hand_in(door, requested(hospital, "QZ-4", patient=who))
    report = {
        "resourceType": "DiagnosticReport", "id": "r1", "status": "final", "code": {"text": "颅脑 MR"},
        "conclusion": "陈旧性脑梗死",
    }  # fmt: skip
    nobody = hospital.control("record", appointment="Appointment/QZ-4", along=[report])
    assert hand_in(door, nobody).status_code == 422
    said = hospital.control("record", appointment="Appointment/QZ-4", patient=who, along=[report])
    answer = hand_in(door, said)
    assert answer.status_code == 200
    leg = Referral.objects.get(source=city)
    (kept,) = leg.attachments.all()
    stored = repository.read(by=county.coordinator, kind="DiagnosticReport", id=kept.resource_id)
    assert (kept.title, stored["conclusion"]) == ("颅脑 MR", "陈旧性脑梗死")


def test_an_emergency_goes_without_consent(county, city, hospital, door):
    assert hand_in(door, requested(hospital, "QZ-7", consent=False, priority=1)).status_code == 200
    assert Referral.objects.get(source=city).consent == ConsentBasis.EMERGENCY


# -- what is refused, in a sentence, with nothing kept ----------------------------------------------------------


def words(answer):
    found = told(answer)
    assert found["resourceType"] == "OperationOutcome"
    return " ".join(issue.get("diagnostics", "") for issue in found["issue"])


def bent(message, **change):
    """The message with its header or activity changed."""
    header, focus = (entry["resource"] for entry in message["entry"][:2])
    header.update(change.get("header", {}))
    focus.update(change.get("focus", {}))
    return message


BENT = {
    "no bundle": (lambda m: {"resourceType": "Patient"}, 400),
    "another type": (lambda m: {**m, "type": "transaction"}, 400),
    "no entries": (lambda m: {**m, "entry": []}, 422),
    "no header": (lambda m: {**m, "entry": m["entry"][1:]}, 422),
    "another system": (lambda m: bent(m, header={"eventCoding": {"system": "urn:x", "code": "C01001"}}), 422),
    "another event": (
        lambda m: bent(m, header={"eventCoding": {**m["entry"][0]["resource"]["eventCoding"], "code": "C9"}}), 422,
    ),
    "no activity": (lambda m: {**m, "entry": m["entry"][:1]}, 422),
    "the wrong activity": (lambda m: {**m, "entry": [m["entry"][0], *m["entry"][2:]]}, 422),
    "no FHIR": (lambda m: bent(m, focus={"status": "perhaps", "wings": 2}), 422),
    "no diagnosis": (lambda m: bent(m, focus={"reasonCode": [{"coding": [{"code": "I69"}]}]}), 422),
    "no reason": (lambda m: bent(m, focus={"comment": " "}), 422),
    "no patient": (
        lambda m: {**m, "entry": [e for e in m["entry"] if e["resource"]["resourceType"] != "Patient"]}, 422,
    ),
    "no consent": (
        lambda m: {**m, "entry": [e for e in m["entry"] if e["resource"]["resourceType"] != "Consent"]}, 422,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BENT))
def test_what_is_not_understood_is_said_and_leaves_nothing(county, city, hospital, door, name):
    bend, status = BENT[name]
    answer = hand_in(door, bend(requested(hospital, "QZ-9")))
    assert (answer.status_code, len(words(answer)) > 10) == (status, True)
    assert (Referral.objects.count(), PeerMessage.objects.filter(state=MessageState.TAKEN).count()) == (0, 0)


def test_bombs_are_limited(county, city, door):
    deep = '{"resourceType":"Bundle","type":"message","entry":' + "[" * 200 + "]" * 200 + "}"
    assert hand_in(door, deep.encode()).status_code == 413
    endless = '{"resourceType":"Bundle","type":"message","entry":' + "[" * 100_000
    assert hand_in(door, endless.encode()).status_code == 400
    large = b'{"resourceType":"Bundle","type":"message","id":"' + b"x" * (5 * 1024 * 1024) + b'"}'
    assert hand_in(door, large).status_code == 413
    xml = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa">]><Bundle xmlns="http://hl7.org/fhir">&a;</Bundle>'
    assert door.post("$process-message", xml, content_type="application/fhir+xml").status_code == 415
    assert door.get("$process-message").status_code == 405


def test_only_a_hospital_outside_with_the_scope_sends_messages(county, city, hospital):
    message = requested(hospital, "QZ-10")
    assert hand_in(Fhir(city, "system/Patient.read"), message).status_code == 403
    assert hand_in(Fhir(make_organisation(), SCOPE), message).status_code == 403
    assert Fhir(city, SCOPE).http.post("/fhir/$process-message", "{}", "application/json").status_code == 401
    assert Referral.objects.count() == 0


def test_a_leg_of_others_does_not_exist_for_it(county, city, hospital, door):
    ours = make_submitted(county)
    theirs = sent(replace(county, patient=make_patient(county.branch)), make_outside())
    for leg in (ours, theirs):
        said = hospital.control("answer", appointment=f"Appointment/{leg.pk}-a", status="accepted")
        assert hand_in(door, said).status_code == 404
        leg.refresh_from_db()
        assert leg.status == Status.SUBMITTED


def test_a_step_out_of_turn_is_409(county, city, hospital, door):
    leg = sent(county, city)
    said = hospital.control("record", appointment=f"Appointment/{leg.pk}-a", outcome="好转", advice="休息")
    assert hand_in(door, said).status_code == 409
    leg.refresh_from_db()
    assert (leg.status, PeerMessage.objects.get().state) == (Status.SUBMITTED, MessageState.REFUSED)
    assert leg.attachments.count() == 0


# -- whom it is about, and from whom -----------------------------------------------------------------------------


def test_a_request_names_its_patient_by_a_card(county, city, hospital, door):
    bare = requested(hospital, "QZ-30", patient=person(identifier=[]))
    assert (hand_in(door, bare).status_code, Referral.objects.count()) == (422, 0)
    rushed = requested(hospital, "QZ-31", patient=person(identifier=[]), priority=1)
    assert hand_in(door, rushed).status_code == 200


def test_a_card_of_somebody_else_is_refused(county, city, hospital, door):
    who = person()
    assert hand_in(door, requested(hospital, "QZ-32", patient=who)).status_code == 200
    stolen = requested(hospital, "QZ-33", patient={**who, "name": [{"text": "李二狗"}]})
    answer = hand_in(door, stolen)
    assert (answer.status_code, Referral.objects.count()) == (409, 1)
    assert Person.objects.count() == 2  # the county's own patient, and the one of QZ-32


@pytest.mark.parametrize("word", ["record", "answer", "arrival"])
def test_a_message_about_another_patient_takes_nothing(county, city, hospital, door, word):
    leg = sent(county, city)
    said = hospital.control(word, appointment=f"Appointment/{leg.pk}-a", status="accepted", outcome="好转")
    said["entry"].append({"resource": {"resourceType": "Patient", "id": "p1", **other()}})
    assert hand_in(door, said).status_code == 422
    leg.refresh_from_db()
    assert (leg.status, leg.attachments.count()) == (Status.SUBMITTED, 0)


def test_what_goes_along_is_about_the_messages_patient(county, city, hospital, door):
    report = {
        "resourceType": "DiagnosticReport", "id": "r1", "status": "final", "code": {"text": "颅脑 MR"},
        "subject": {"reference": "Patient/p9"},
    }  # fmt: skip
    answer = hand_in(door, requested(hospital, "QZ-34", along=[report]))
    assert (answer.status_code, Referral.objects.count()) == (422, 0)
    report["subject"] = {"reference": "Patient/p1"}
    assert hand_in(door, requested(hospital, "QZ-34", along=[report])).status_code == 200


def test_a_hospital_outside_refers_where_it_is_related(county, city, hospital, door):
    make_relation(county.hospital, make_outside())
    assert hand_in(door, requested(hospital, "QZ-35")).status_code == 422
    assert hand_in(door, requested(hospital, "QZ-36", priority=1)).status_code == 200
    assert Referral.objects.get(source=city).unrelated is True
    make_relation(city, county.hospital)
    late = requested(hospital, "QZ-37", patient=other())
    assert hand_in(door, late).status_code == 200
    assert Referral.objects.get(outside_number="QZ-37").unrelated is False
