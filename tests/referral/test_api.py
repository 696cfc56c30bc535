"""A referral through the workflow API: the form, every event through one door, its history."""

from uuid import uuid4

import pytest

from consortium.choices import Role
from consortium.models import Staff
from emr.repository import selectors as repository
from referral.api.events import CLOCKS, SERVICES, SHAPES, field, offered
from referral.choices import TRANSITIONS, Event
from referral.models import Referral
from tests.factories.api import of_staff
from tests.factories.consortium import make_bed, make_department, make_organisation, make_staff
from tests.factories.emr import make_encounter, make_patient
from tests.factories.kernel import audit_trail
from tests.factories.referral import make_county, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def program(actor):
    return of_staff(Staff.objects.get(pk=actor.id))


def form(county, **said):
    return {
        "patient_id": str(county.patient.pk),
        "target_id": str(county.hospital.pk),
        "priority": "urgent",
        "diagnosis": "完全性房室传导阻滞",
        "reason": "头晕黑蒙 2 小时",
        "consent": "patient",
        **said,
    }


def cause(actor, leg, event, **more):
    return program(actor).post(f"referrals/{leg['id']}/events/", event=event, version=leg["version"], **more)


def test_a_leg_from_the_form_to_the_plan(county):
    draft = program(county.doctor).post("referrals/", **form(county)).json()
    may = ["death", "discard", "emergency_send", "submit", "submit_for_review"]
    assert (draft["status"], draft["may"]) == ("draft", may)
    leg = cause(county.doctor, draft, "submit").json()
    leg = cause(county.coordinator, leg, "accept", bed_id=str(county.bed.pk)).json()
    assert (leg["status"], leg["bed_id"]) == ("scheduled", str(county.bed.pk))
    leg = cause(county.reception, leg, "arrive", identity_checked=True).json()
    leg = cause(county.specialist, leg, "admit", complaint="黑蒙").json()
    leg = cause(
        county.specialist, leg, "complete_care", outcome="起搏器植入术后", advice="随访", follow_up="plan"
    ).json()
    plan = [{"text": "复查心电图", "due_date": "2027-01-15"}]
    leg = cause(county.specialist, leg, "start_down_leg", plan=plan, medicines=[], no_medicines=True).json()
    assert leg["status"] == "closed"
    (down,) = leg["legs"]
    down = cause(county.doctor, down, "accept").json()
    down = cause(county.doctor, down, "arrive", identity_checked=True).json()
    down = cause(county.doctor, down, "start_rehab").json()
    item = down["plan"][0]["id"]
    other = program(county.doctor).post(
        "referrals/", **form(county, patient_id=str(make_patient(county.branch).pk))
    )
    astray = {"id": other.json()["id"], "version": down["version"]}
    assert cause(county.doctor, astray, "log_visit", item_id=item, result="x").status_code == 404
    down = cause(county.doctor, down, "log_visit", item_id=item, result="窦律 72").json()
    down = cause(county.doctor, down, "finish_plan").json()
    assert down["status"] == "closed"
    told = program(county.doctor).get(f"referrals/{down['id']}/history/").json()
    assert [one["event"] for one in told] == [
        "submit", "accept", "arrive", "start_rehab", "log_visit", "finish_plan",
    ]  # fmt: skip


def test_every_event_a_post_may_cause_has_its_place_at_the_door():
    assert {event for (_status, event), step in TRANSITIONS.items() if step.roles} <= set(SERVICES)
    assert set(SHAPES) == set(SERVICES)
    assert set(SERVICES) - {*Event} == {
        "prioritise",
        "expect",
        "complete_form",
        "complete_record",
        "log_call",
        "discharge",
    }
    assert {*Event} - set(SERVICES) == {"expire", "escalate", "mark_no_show"} == CLOCKS


def test_a_new_event_is_offered_by_its_service_alone():
    class Room:
        @staticmethod
        def accept(*, by, referral_id, version, key, words: str, until: int | None = None):
            """A new verb."""

    assert set(offered(Event, Room)) == {Event.ACCEPT}
    with pytest.raises(LookupError):
        field("strange", dict, required=True)


def test_what_stands_beside_the_table_has_its_door_too(county):
    leg = make_submitted(county)
    answer = cause(
        county.coordinator,
        {"id": str(leg.pk), "version": leg.version},
        "prioritise",
        priority="emergency",
        reason="血压下降",
    )
    told = answer.json()
    assert (answer.status_code, told["priority"], told["status"], told["version"]) == (
        200, "emergency", "submitted", leg.version + 1,
    )  # fmt: skip
    again = cause(
        county.coordinator, told, "complete_form", consent="patient", history="无", treatment="吸氧"
    )
    assert (again.status_code, again.json()["code"]) == (403, "refused")


def test_an_unknown_event_is_refused(county):
    leg = make_submitted(county)
    said = {"id": str(leg.pk), "version": leg.version}
    for event in ("", "fly", "__init__", "announce", "draft", None, 5, ["accept"]):
        answer = cause(county.coordinator, said, event)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["event"])
    assert Referral.objects.get(pk=leg.pk).version == leg.version


@pytest.mark.parametrize("event", sorted(SHAPES))
def test_an_event_takes_its_own_fields_only(county, event):
    leg = make_submitted(county)
    answer = cause(county.coordinator, {"id": str(leg.pk), "version": leg.version}, event, status="closed")
    assert answer.status_code == 422
    assert "status" in answer.json()["fields"]
    assert Referral.objects.get(pk=leg.pk).status == "submitted"


def test_an_event_sent_again_is_one_event(county):
    leg = make_submitted(county)
    said = {"id": str(leg.pk), "version": leg.version}
    more = {"code": "R01", "text": "无床", "instead": "请转市医院", "key": "k-9"}
    first = cause(county.coordinator, said, "reject", **more)
    again = cause(county.coordinator, said, "reject", **more)
    assert (first.status_code, first.json()) == (200, again.json())
    assert leg.entries.count() == 2
    other = cause(county.coordinator, said, "reject", **{**more, "text": "别的"})
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_another_version_is_409(county):
    leg = make_submitted(county)
    answer = cause(county.coordinator, {"id": str(leg.pk), "version": leg.version + 1}, "accept",
                   department_id=str(county.ward.pk))  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (409, "version_conflict")


def test_what_is_a_strangers_cannot_be_named(county):
    """Each id of the body: a stranger's row is refused and nothing has changed."""
    leg = make_submitted(county)
    said = {"id": str(leg.pk), "version": leg.version}
    elsewhere = make_department(make_organisation())
    bed = make_bed(elsewhere)
    for more in (
        {"bed_id": str(bed.pk)},
        {"department_id": str(elsewhere.pk)},
        {"bed_id": str(uuid4())},
        {"department_id": str(uuid4())},
        {"department_id": str(county.ward.pk), "bed_id": str(bed.pk)},
    ):
        assert cause(county.coordinator, said, "accept", **more).status_code in (404, 422)
    stranger = make_staff(Role.COORDINATOR, make_organisation())
    at = f"referrals/{leg.pk}/"
    assert of_staff(stranger).get(at).status_code == 404
    assert of_staff(stranger).get(f"{at}history/").status_code == 404
    assert of_staff(stranger).post(f"{at}events/", event="accept", version=leg.version).status_code == 404
    row = Referral.objects.get(pk=leg.pk)
    assert (row.status, row.version, row.department_id, row.bed_id) == ("submitted", leg.version, None, None)


def test_a_form_names_only_what_is_the_patients(county):
    other = make_patient(county.branch)
    theirs = make_encounter(county.doctor, other.pk, diagnoses=[(None, "高血压", "confirmed")])
    (note,) = repository.of_patient(by=county.doctor, patient_id=other.pk, kind="Composition", limit=1)
    stranger = make_patient(make_organisation())
    desk = program(county.doctor)
    cases = {
        "patient": form(county, patient_id=str(stranger.pk)),
        "nobody": form(county, patient_id=str(uuid4())),
        "encounter": form(county, encounter_id=theirs),
        "attachment": form(county, attachments=[{"kind": "Composition", "id": note["id"]}]),
        "no attachment": form(county, attachments=[{"kind": "Composition", "id": theirs}]),
        "target": form(county, target_id=str(uuid4())),
        "own house": form(county, target_id=str(county.branch.pk)),
        "department": form(county, department_id=str(make_department(county.branch).pk)),
    }
    answers = {name: desk.post("referrals/", **said).status_code for name, said in cases.items()}
    assert answers == {
        "patient": 404, "nobody": 404, "encounter": 422, "attachment": 422, "no attachment": 404, "target": 404,
        "own house": 422, "department": 422,
    }  # fmt: skip
    assert Referral.objects.count() == 0


def test_a_plan_item_of_another_leg_is_not_logged(county):
    leg = make_submitted(county)
    answer = cause(county.doctor, {"id": str(leg.pk), "version": leg.version}, "log_visit",
                   item_id=str(uuid4()), result="x")  # fmt: skip
    assert answer.status_code == 404


def test_a_draft_is_written_again(county):
    desk = program(county.doctor)
    draft = desk.post("referrals/", **form(county)).json()
    said = {name: value for name, value in form(county, reason="改写").items() if name != "patient_id"}
    edited = desk.put(f"referrals/{draft['id']}/", version=draft["version"], **said).json()
    assert (edited["reason"], edited["version"]) == ("改写", draft["version"] + 1)
    late = desk.put(f"referrals/{draft['id']}/", version=draft["version"], **said)
    assert late.status_code == 409


def test_the_machine_can_be_read(county):
    table = program(county.doctor).get("referrals/machine/").json()
    assert len(table) == len(TRANSITIONS)
    assert {"status": "submitted", "event": "reject"}.items() <= next(
        one for one in table if one["event"] == "reject"
    ).items()


def test_lists_are_masked(county):
    make_submitted(county)
    (row,) = program(county.coordinator).get("referrals/", status="submitted").json()["items"]
    assert "*" in row["patient_name"]


def test_both_doctors_talk_through_the_door(county, django_capture_on_commit_callbacks):
    leg = make_submitted(county)
    door = f"referrals/{leg.pk}/comments/"
    said = {"text": "患者已出发，家属陪同", "key": "c-1"}
    with django_capture_on_commit_callbacks(execute=True):
        first = program(county.doctor).post(door, **said)
    assert (first.status_code, program(county.doctor).post(door, **said).json()) == (200, first.json())
    told = program(county.coordinator).get(door).json()
    assert [(one["text"], one["own"], one["read_at"]) for one in told["comments"]] == [
        ("患者已出发，家属陪同", False, None)
    ]
    assert (told["new"], told["open"]) == (True, True)
    read = program(county.coordinator).post(f"{door}read/", key="r-1").json()
    assert (read["new"], read["comments"][0]["read_at"] is None) == (False, False)
    assert list(leg.comments.values_list("text", flat=True)) == ["患者已出发，家属陪同"]
    assert {name for _who, name in audit_trail()} >= {"referral.commented", "referral.comments_read"}


def test_a_door_of_words_refuses_who_is_not_of_the_leg_and_what_says_nothing(county):
    leg = make_submitted(county)
    door = f"referrals/{leg.pk}/comments/"
    stranger = make_staff(Role.SPECIALIST, make_organisation())
    assert of_staff(stranger).get(door).status_code == 404
    assert of_staff(stranger).post(door, text="x", key="c-1").status_code == 404
    bed_desk = of_staff(make_staff(Role.BED_DESK, county.hospital))
    assert (bed_desk.get(door).status_code, bed_desk.post(door, text="x", key="c-1").status_code) == (
        200,
        403,
    )
    for text in ("", "  ", "长" * 1001):
        assert program(county.doctor).post(door, text=text, key="c-2").status_code == 422
    assert leg.comments.count() == 0
