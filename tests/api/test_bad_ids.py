"""Ids of strangers and fields nobody may set, at every door that takes some: refused, and nothing has changed."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.choices import Role
from diagnostics.models import ExamRequest
from ecg.models import Recording
from emr.index.models import Patient
from emr.repository.models import Resource
from insurance_bridge.models import Visit
from kernel.web import openapi
from referral.models import Referral
from tests.factories.api import of_client, of_staff
from tests.factories.consortium import make_organisation, make_staff
from tests.factories.diagnostics import make_draft, make_examined, make_item, make_request, make_scene
from tests.factories.ecg import ecg_file
from tests.factories.emr import id_number, make_patient
from tests.factories.referral import make_county, make_submitted

pytestmark = pytest.mark.django_db

TABLES = (Patient, Resource, ExamRequest, Referral, Visit, Recording)
NOBODY = str(uuid4())


def counted():
    return {table: table.objects.count() for table in TABLES}


def orders():
    """Every operation with a JSON body: method, address, shape."""
    for path, operations in openapi.described()["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield method.upper(), path, content["application/json"]["schema"]["$ref"].rpartition("/")[2]


def address(path):
    at = path.removeprefix("/api/v1/")
    while "{" in at:
        at = at[: at.index("{")] + NOBODY + at[at.index("}") + 1 :]
    return at


# -- mass assignment ----------------------------------------------------------------------------------------------

FOREIGN = {
    "id": NOBODY, "pk": NOBODY, "state": "signed", "label": 1, "custodian": NOBODY, "source_id": NOBODY,
    "doctor_id": NOBODY, "by": "root", "clearance": 5, "roles": ["system_manager"], "__class__": "x", "signature": {},
}  # fmt: skip


EVENTS = {"EventIn": "submit", "ToldIn": "accept"}
"""Bodies whose other fields depend on the event they name."""


@pytest.mark.parametrize(("method", "path", "shape"), list(orders()), ids=lambda value: str(value))
def test_a_field_the_schema_does_not_name_is_refused(method, path, shape):
    doctor = of_staff(make_staff(Role.BRANCH_DOCTOR))
    before = counted()
    event = {"event": EVENTS[shape]} if shape in EVENTS else {}
    answer = doctor.send(method, address(path), {**FOREIGN, **event})
    assert answer.status_code == 422
    assert set(FOREIGN) <= set(answer.json()["fields"])
    assert counted() == before


def test_a_version_a_status_and_a_place_are_nobodys_to_set():
    staff = make_staff(Role.BRANCH_DOCTOR)
    other = make_organisation()
    doctor = of_staff(staff)
    plain = {"name": "测试甲", "sex": "2"}
    for extra in ({"organisation_id": str(other.pk)}, {"version": 7}, {"local_number": "1"}, {"status": "x"}):
        assert doctor.post("patients/", **plain, id_number=id_number(), **extra).status_code == 422
    made = doctor.post("patients/", **plain, id_number=id_number()).json()
    row = Patient.objects.get(pk=made["id"])
    assert (row.version, row.organisation_id) == (1, staff.posts.get().organisation_id)


# -- ids of strangers ---------------------------------------------------------------------------------------------


def test_a_strangers_patient_is_nobodys():
    place = make_organisation()
    doctor, cashier = (
        of_staff(make_staff(Role.BRANCH_DOCTOR, place)),
        of_staff(make_staff(Role.CASHIER, place)),
    )
    theirs = str(make_patient(make_organisation()).pk)
    item = make_item("CT-1", "CT")
    target = str(make_organisation().pk)
    before = counted()
    for patient in (theirs, NOBODY):
        told = {
            "card": doctor.get(f"patients/{patient}/"),
            "visits": doctor.get("encounters/", patient_id=patient),
            "adopt": doctor.post(f"patients/{patient}/adopt/", id_number=id_number()),
            "encounter": doctor.post("encounters/", patient_id=patient, complaint="x", diagnoses=[{"text": "x"}]),
            "exam": doctor.post("exams/", patient_id=patient, item_code=item.code, fee_state="paid",
                                clinical_question="x"),
            "referral": doctor.post("referrals/", patient_id=patient, target_id=target, priority="urgent",
                                    diagnosis="x", reason="x", consent="patient"),
            "insured visit": cashier.post("insurance/visits/", patient_id=patient, kind="outpatient"),
        }  # fmt: skip
        refused = {name: answer.status_code for name, answer in told.items()}
        assert refused.pop("adopt") == (422 if patient == theirs else 404)
        assert set(refused.values()) == {404}
    assert counted() == before


def test_a_strangers_exam_is_nobodys():
    scene = make_scene()
    examined = make_draft(scene, make_examined(scene, "CT"))
    asked = make_request(scene, "CT")
    place = make_organisation()
    people = {
        role: of_staff(make_staff(role, place))
        for role in (Role.READER, Role.TECHNOLOGIST, Role.BRANCH_DOCTOR)
    }
    reader, technologist, doctor = people.values()
    version = examined.version
    told = [
        reader.get(f"exams/{examined.pk}/"),
        reader.get(f"exams/{examined.pk}/reading/"),
        reader.post(f"exams/{examined.pk}/submit/", version=version),
        reader.post(f"exams/{examined.pk}/sign/", version=version),
        reader.post(f"exams/{examined.pk}/take-over/", version=version, reason="x"),
        reader.post(f"exams/{examined.pk}/draft/", draft_version=1, findings="x", impression="x"),
        technologist.post(f"exams/{asked.pk}/register/", version=1),
        doctor.post(f"exams/{asked.pk}/cancel/", version=1, reason="x"),
        doctor.get(f"reports/{examined.report_id}/"),
        reader.client.post(
            "/api/v1/ecg/", {"recording": file_of(ecg_file(seed=77)), "request_id": str(asked.pk)}
        ),
    ]
    assert {answer.status_code for answer in told} == {404}
    assert ExamRequest.objects.get(pk=examined.pk).version == version
    assert (ExamRequest.objects.get(pk=asked.pk).status, Recording.objects.count()) == ("requested", 0)


def file_of(data, name="ecg.dcm"):
    from django.core.files.uploadedfile import SimpleUploadedFile  # lazy: one helper

    return SimpleUploadedFile(name, data, "application/dicom")


def test_a_client_has_what_the_policies_give_it_and_no_more():
    """Its scopes are FHIR's: of the workflows it registers and finds patients, the rest is people's."""
    scene = make_scene()
    request = make_request(scene, "CT")
    client = of_client(scene.branch)
    assert client.post("patients/", name="测试甲", sex="2", id_number=id_number()).status_code == 200
    assert client.ask("patients/search/", text="测试").status_code == 200
    refused = [
        client.get("exams/"), client.get(f"exams/{request.pk}/"), client.get("referrals/"), client.get("notices/"),
        client.get("insurance/settlements/"), client.get("capacity/"),
        client.post(f"exams/{request.pk}/cancel/", version=1, reason="x"),
        client.post("encounters/", patient_id=str(scene.patient_id), complaint="x", diagnoses=[{"text": "x"}]),
    ]  # fmt: skip
    assert {answer.status_code for answer in refused} == {403}


# -- what a clock or a counter could tell ---------------------------------------------------------------------------


def asked(program, path, **said):
    """Statements and answer of one request."""
    with CaptureQueriesContext(
        connection,
    ) as statements:
        answer = program.ask(path, **said) if said else program.get(path)
    return len(statements), answer


@pytest.mark.parametrize("role", [Role.BRANCH_DOCTOR, Role.READER, Role.COORDINATOR])
def test_a_hidden_row_and_no_row_cost_and_look_the_same(role):
    county, scene = make_county(), make_scene()
    stranger = of_staff(make_staff(role, make_organisation()))
    leg, exam = make_submitted(county), make_request(scene, "CT")
    stranger.get("me/")
    for path, hidden in (
        ("patients/{}/", county.patient.pk), ("exams/{}/", exam.pk), ("exams/{}/reading/", exam.pk),
        ("reports/{}/", exam.report_id), ("referrals/{}/", leg.pk), ("referrals/{}/history/", leg.pk),
    ):  # fmt: skip
        there, nowhere = asked(stranger, path.format(hidden)), asked(stranger, path.format(uuid4()))
        assert there[0] == nowhere[0], path
        assert there[1].status_code == nowhere[1].status_code
        assert there[1].content == nowhere[1].content


def test_a_search_costs_the_same_whether_somebody_is_found_or_not():
    stranger = of_staff(make_staff(Role.BRANCH_DOCTOR, make_organisation()))
    known, unknown = id_number(), id_number()
    make_patient(make_organisation(), id_number=known)
    asked(stranger, "patients/search/", text=id_number())
    found, nobody = (asked(stranger, "patients/search/", text=text) for text in (known, unknown))
    assert found[0] == nobody[0]
    assert {name: type(value) for name, value in found[1].json().items()} == {
        name: type(value) for name, value in nobody[1].json().items()
    }
    (hit,) = found[1].json()["hits"]
    assert (hit["open"], "*" in hit["name"], known in str(hit)) == (False, True, False)
