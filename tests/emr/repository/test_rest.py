"""/fhir/ as a client meets it: exact bytes, versions, refusals, scopes, openings."""

import re

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from emr.repository.services import openings
from kernel import ids
from kernel.models import AuditEntry
from tests.emr.repository.conftest import told
from tests.emr.repository.rows import id_number, make_client, make_patient, observation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_openings_yet():
    openings._open.clear()


@pytest.fixture
def patient(fhir):
    return make_patient(make_client(fhir.place))


def issue(response):
    found = told(response)
    assert found["resourceType"] == "OperationOutcome"
    return found["issue"][0]["code"]


def test_a_number_comes_back_as_it_was_written(fhir, patient):
    body = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"Hb"},"subject":{"reference":"Patient/%s"},'
        b'"valueQuantity":{"value":1.50,"unit":"g/dL"},"referenceRange":[{"low":{"value":1E+1}}]}'
    ) % str(patient.pk).encode()

    made = fhir.post("Observation", body)

    assert made.status_code == 201
    read = fhir.get(made["Location"].split("/fhir/")[1].split("/_history")[0])
    assert read.content == made.content
    assert b'"value":1.50,' in read.content
    assert b'"value":1E+1}' in read.content
    assert read["ETag"] == 'W/"1"'
    assert re.match(
        rb'\{"resourceType":"Observation","id":"[0-9a-f-]{36}","meta":\{"versionId":"1"', read.content
    )


def test_a_text_of_ours_is_untouched(fhir, patient):
    made = fhir.post("Observation", observation(patient.pk, note=[{"text": '𠮷田 <b>&amp; "引号"\\n'}]))
    assert told(made)["note"] == [{"text": '𠮷田 <b>&amp; "引号"\\n'}]


def test_versions_are_kept_and_read(fhir, patient):
    first = told(fhir.post("Observation", observation(patient.pk)))
    path = f"Observation/{first['id']}"

    second = fhir.put(path, {**first, "status": "amended"}, HTTP_IF_MATCH='W/"1"')
    stale = fhir.put(path, {**first, "status": "corrected"}, HTTP_IF_MATCH='W/"1"')

    assert (second.status_code, second["ETag"], stale.status_code) == (200, 'W/"2"', 412)
    assert told(fhir.get(f"{path}/_history/1"))["status"] == "final"
    assert told(fhir.get(f"{path}/_history/2"))["status"] == "amended"
    assert fhir.get(f"{path}/_history/3").status_code == 404
    history = told(fhir.get(f"{path}/_history"))
    assert [entry["response"]["etag"] for entry in history["entry"]] == ['W/"2"', 'W/"1"']


def test_delete_leaves_a_tombstone_and_the_past(fhir, patient):
    path = f"Observation/{told(fhir.post('Observation', observation(patient.pk)))['id']}"

    assert fhir.delete(path).status_code == 204
    assert fhir.delete(path).status_code == 204
    assert fhir.get(path).status_code == 410
    assert issue(fhir.get(path)) == "deleted"
    assert told(fhir.get(f"{path}/_history/1"))["status"] == "final"
    assert [e["request"]["method"] for e in told(fhir.get(f"{path}/_history"))["entry"]] == ["DELETE", "POST"]
    assert told(fhir.get(f"Observation?patient={patient.pk}")).get("entry") is None


def test_not_modified_answers_without_a_body(fhir, patient):
    path = f"Observation/{told(fhir.post('Observation', observation(patient.pk)))['id']}"
    answer = fhir.get(path, HTTP_IF_NONE_MATCH='W/"1"')
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid"),
        (b"[]", 400, "invalid"),
        (b'{"resourceType":"Observation","status":"final","status":"final"}', 400, "invalid"),
        (b'{"resourceType":"Observation","status":NaN}', 400, "invalid"),
        (b"\xff\xfe", 400, "invalid"),
        (b'{"resourceType":"Observation","status":"final","code":{"text":"\\ud800"}}', 400, "invalid"),
        (b'{"resourceType":"Patient"}', 400, "invalid"),
        (b'{"resourceType":"Observation","status":"final"}', 422, "required"),
        (b'{"resourceType":"Observation","status":"finished","code":{"text":"x"}}', 422, "code-invalid"),
        (b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"weight":1}', 422, "structure"),
        (
            b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"effectiveDateTime":"2023-02-31"}',
            422,
            "value",
        ),
        (
            b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"a","valueInteger":1}',
            422,
            "structure",
        ),
        (
            b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/nobody"}}',
            422,
            "processing",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_right_status(fhir, body, status, code):
    answer = fhir.post("Observation", body)
    assert (answer.status_code, issue(answer)) == (status, code)


def test_doors_that_are_closed(fhir, patient):
    assert fhir.http.get(f"/fhir/Patient/{patient.pk}").status_code == 401
    assert fhir.http.get("/fhir/Patient", HTTP_AUTHORIZATION="Bearer nonsense").status_code == 401
    assert fhir.get("Planet/1").status_code == 404
    assert fhir.get("no/such/address").status_code == 404
    assert fhir.get(f"Patient/{patient.pk}", HTTP_ACCEPT="application/fhir+xml").status_code == 406
    assert fhir.post("Observation", b"<a/>", content_type="application/xml").status_code == 415
    assert fhir.send("PATCH", f"Patient/{patient.pk}", {}).status_code == 405
    assert fhir.post("Observation", b" " * (11 * 1024 * 1024)).status_code == 413
    assert issue(fhir.http.get("/fhir/Patient")) == "login"


def test_metadata_is_public_and_valid(fhir):
    answer = fhir.http.get("/fhir/metadata")
    assert answer.status_code == 200
    CapabilityStatement.model_validate_json(answer.content)
    assert told(fhir.http.get("/fhir/.well-known/smart-configuration"))["token_endpoint"].endswith(
        "/oauth/token"
    )


def test_a_patient_sent_in_is_registered_and_the_same_number_is_the_same_person(fhir):
    number = id_number(901, "19710203")
    sex = "male" if int(number[16]) % 2 else "female"
    resource = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": number}],
        "name": [{"text": "赵敏"}],
        "gender": sex,
        "birthDate": "1971-02-03",
    }

    first, second = fhir.post("Patient", resource), fhir.post("Patient", resource)

    assert (first.status_code, second.status_code) == (201, 200)
    assert told(first)["id"] == told(second)["id"]
    found = fhir.post(
        "Patient/_search", f"identifier={number}".encode(), content_type="application/x-www-form-urlencoded"
    )
    assert [e["resource"]["id"] for e in told(found)["entry"]] == [told(first)["id"]]
    assert number.encode() not in fhir.get(f"Patient?identifier={number}").content.split(b'"entry"')[0]
    other = {**resource, "name": [{"text": "张无忌"}]}
    assert fhir.post("Patient", other).status_code == 409


def test_reading_leaves_one_opening_and_lists_one_entry(fhir, patient):
    path = f"Observation/{told(fhir.post('Observation', observation(patient.pk)))['id']}"
    start = AuditEntry.objects.count()

    fhir.get(path)
    fhir.get(path)
    assert AuditEntry.objects.filter(action="access.record_opened", patient=patient.pk).count() == 1
    assert AuditEntry.objects.count() == start + 1
    fhir.get(f"Observation?patient={patient.pk}")
    entry = AuditEntry.objects.filter(action="repository.searched").order_by("-id")[0]
    assert (entry.detail, entry.patient) == ({"kind": "Observation", "by": "patient", "rows": 1}, patient.pk)


def test_create_only_where_there_is_none(fhir, patient):
    body = observation(patient.pk, identifier=[{"system": "urn:his", "value": "A-1"}])
    first = fhir.post("Observation", body, HTTP_IF_NONE_EXIST="identifier=urn:his|A-1")
    second = fhir.post("Observation", body, HTTP_IF_NONE_EXIST="identifier=urn:his|A-1")
    third = fhir.put("Observation?identifier=urn:his|A-1", {**body, "status": "amended"})

    assert (first.status_code, second.status_code, third.status_code) == (201, 200, 200)
    assert told(first)["id"] == told(second)["id"] == told(third)["id"]
    assert told(third)["meta"]["versionId"] == "2"


def test_an_id_of_the_clients_own(fhir, patient):
    body = {**observation(patient.pk), "id": "his-77.a"}
    assert fhir.put("Observation/his-77.a", body).status_code == 201
    assert fhir.put("Observation/his-77.a", body).status_code == 200
    assert fhir.put("Observation/other", body).status_code == 422
    assert fhir.put(f"Patient/{ids.uuid7()}", {"resourceType": "Patient", "id": "x"}).status_code in {
        404,
        422,
    }


def test_validate_gives_an_outcome(fhir):
    good = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    assert told(fhir.post("Observation/$validate", good))["issue"][0]["severity"] == "information"
    assert (
        told(fhir.post("Observation/$validate", {**good, "status": "x"}))["issue"][0]["severity"] == "error"
    )


def test_prefer_minimal_answers_without_a_body(fhir, patient):
    answer = fhir.post("Observation", observation(patient.pk), HTTP_PREFER="return=minimal")
    assert (answer.status_code, answer.content) == (201, b"")


def test_a_senders_own_number_stays_with_the_patient(fhir):
    number = id_number(77, "19820101")
    resource = {
        "resourceType": "Patient",
        "identifier": [
            {"system": "urn:oid:2.16.156.10011.1.3", "value": number},
            {"system": "urn:his:mrn", "value": "M-7"},
        ],
        "name": [{"text": "黄蓉"}],
        "gender": "male" if int(number[16]) % 2 else "female",
        "maritalStatus": {"text": "married"},
    }

    made = told(fhir.post("Patient", resource))
    moved = told(
        fhir.put(f"Patient/{made['id']}", {**made, "telecom": [{"system": "phone", "value": "10012345678"}]})
    )

    assert moved["meta"]["versionId"] == "2"
    assert moved["maritalStatus"] == {"text": "married"}
    assert [one["system"] for one in moved["identifier"]].count("urn:his:mrn") == 1
    assert [e["resource"]["id"] for e in told(fhir.get("Patient?identifier=urn:his:mrn|M-7"))["entry"]] == [
        made["id"]
    ]
