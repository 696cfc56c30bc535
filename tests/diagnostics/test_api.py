"""An exam through the workflow API, from the order to the corrected report; each side with its own token."""

import uuid

import pytest

from diagnostics.models import ExamRequest
from tests.factories.api import of_staff
from tests.factories.diagnostics import make_draft, make_examined, make_item, make_request, make_scene
from tests.factories.emr import make_encounter, make_patient
from tests.factories.kernel import audit_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def programs(scene):
    return {who: of_staff(getattr(scene, who)) for who in ("doctor", "technologist", "reader", "reviewer")}


def order(scene, **said):
    item = make_item("CT-HEAD", "CT")
    return {
        "patient_id": str(scene.patient_id),
        "item_code": item.code,
        "fee_state": "paid",
        "clinical_question": "头晕，问：出血？",
        **said,
    }


def test_an_exam_from_order_to_corrected_report(scene):
    by = programs(scene)
    made = by["doctor"].post("exams/", **order(scene)).json()
    at = f"exams/{made['id']}/"
    assert made["status"] == "requested"
    taken = by["technologist"].post(f"{at}register/", version=made["version"]).json()
    assert taken["status"] == "registered"
    examined = make_examined(scene, "CT")
    at = f"exams/{examined.pk}/"
    claimed = by["reader"].post(f"{at}claim/", version=examined.version).json()
    assert claimed["status"] == "claimed"
    words = {"findings": "双肺清晰。", "impression": "未见异常。", "outcome": "normal"}
    assert by["reader"].post(f"{at}draft/", draft_version=0, **words).json()["version"] == 1
    reading = by["reader"].get(f"{at}reading/").json()
    assert (reading["status"], reading["draft"]["impression"]) == ("draft", "未见异常。")
    submitted = by["reader"].post(f"{at}submit/", version=reading["version"]).json()
    signed = by["reviewer"].post(f"{at}review/", version=submitted["version"]).json()
    assert signed["status"] == "signed"
    report = by["doctor"].get(f"reports/{signed['report_id']}/").json()
    assert (report["state"], report["impression"], report["version"]) == ("final", "未见异常。", 1)
    amending = by["reviewer"].post(f"{at}amend/", version=signed["version"], reason="左右写错").json()
    assert amending["status"] == "draft"
    assert "exam.report_signed" in {action for _who, action in audit_trail()}


@pytest.mark.parametrize("verb", ["register", "claim", "release", "submit", "sign", "review"])
def test_a_step_the_state_does_not_allow_is_409(scene, verb):
    request = make_request(scene, "CT")
    who = {"register": "technologist", "review": "reviewer"}.get(verb, "reader")
    program = programs(scene)[who]
    if verb == "register":
        assert program.post(f"exams/{request.pk}/register/", version=1).status_code == 200
    answer = program.post(f"exams/{request.pk}/{verb}/", version=request.version + (verb == "register"))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("verb", "who", "more"),
    [
        ("release", "reader", {}),
        ("submit", "reader", {}),
        ("sign", "reader", {}),
        ("retake", "reader", {"reason": "运动伪影"}),
        ("take-over", "reviewer", {"reason": "下班"}),
    ],
)
def test_a_version_that_has_moved_on_is_409(scene, verb, who, more):
    request = make_draft(scene, make_examined(scene, "ECG" if verb == "sign" else "CT"))
    program = programs(scene)[who]
    answer = program.post(f"exams/{request.pk}/{verb}/", version=request.version - 1, **more)
    assert (answer.status_code, answer.json()["code"]) == (409, "version_conflict")
    assert ExamRequest.objects.get(pk=request.pk).version == request.version


def test_the_same_order_sent_again_is_one_exam(scene):
    program, said = of_staff(scene.doctor), order(scene, key="k-1")
    first, again = program.post("exams/", **said), program.post("exams/", **said)
    assert first.json() == again.json()
    assert ExamRequest.objects.count() == 1


def test_a_signature_sent_again_is_one_report(scene):
    request = make_draft(scene, make_examined(scene, "ECG"), outcome="normal")
    program = of_staff(scene.reader)
    first = program.post(f"exams/{request.pk}/sign/", version=request.version, key="s-1")
    again = program.post(f"exams/{request.pk}/sign/", version=request.version, key="s-1")
    assert (first.status_code, first.json()) == (200, again.json())
    assert request.reports.count() == 1


def test_the_same_exam_again_must_be_meant(scene):
    program = of_staff(scene.doctor)
    item = make_item("CT-AGAIN", "CT", repeat_days=30)
    said = order(scene, item_code=item.code)
    assert program.post("exams/", **said).status_code == 200
    assert program.post("exams/", **said).json()["code"] == "recent_same"
    assert program.post("exams/", **said, anyway=True).status_code == 200


def test_lists_are_masked_and_come_in_parts(scene, monkeypatch):
    rows = [make_request(scene, "CT") for _number in range(3)]
    monkeypatch.setattr("kernel.web.paging.newest.__defaults__", (2,))
    program = of_staff(scene.doctor)
    first = program.get("exams/").json()
    rest = program.get("exams/", after=first["next"]).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [str(row.pk) for row in reversed(rows)]
    assert rest["next"] == ""
    assert {"*" in one["patient_name"] for one in first["items"]} == {True}


def test_an_encounter_of_another_person_is_refused(scene):
    program = of_staff(scene.doctor)
    other = make_patient(scene.branch)
    words = [(None, "高血压", "confirmed")]
    theirs = make_encounter(scene.by("doctor"), other.pk, diagnoses=words)
    own = make_encounter(scene.by("doctor"), scene.patient_id, diagnoses=words)
    refused = program.post("exams/", **order(scene, encounter_id=theirs))
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["encounter_id"])
    assert program.post("exams/", **order(scene, encounter_id=str(uuid.uuid4()))).status_code == 404
    assert ExamRequest.objects.count() == 0
    assert program.post("exams/", **order(scene, encounter_id=own)).status_code == 200


def test_a_critical_value_is_read_back(scene):
    request = make_draft(scene, make_examined(scene, "ECG"), outcome="critical", critical_text="室颤")
    assert (
        of_staff(scene.reader).post(f"exams/{request.pk}/sign/", version=request.version).status_code == 200
    )
    doctor = of_staff(scene.doctor)
    (value,) = doctor.get("critical-values/").json()
    at = f"critical-values/{value['id']}/acknowledge/"
    wrong = doctor.post(at, version=1, read_back="室速", action="treated")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["read_back"])
    done = doctor.post(at, version=1, read_back="室颤", action="treated").json()
    assert done["acknowledged_at"] is not None
    assert doctor.get("critical-values/", waiting="true").json() == []


def test_the_worklist_is_the_centres(scene):
    make_examined(scene, "CT")
    assert len(of_staff(scene.reader).get("exams/worklist/", group="imaging").json()) == 1
    assert of_staff(scene.reader).get("exams/worklist/", group="nothing").status_code == 422
    assert of_staff(scene.doctor).get("exams/items/").status_code == 200
