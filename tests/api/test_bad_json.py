"""JSON that is none, or that is meant to hurt, at every door that reads JSON: refused in words, nothing written."""

import json

import pytest
from django.test import Client

from consortium.choices import Role
from emr.index.models import Patient
from tests.factories.api import of_client, of_staff
from tests.factories.consortium import make_organisation, make_staff
from tests.factories.emr import id_number
from tests.journeys.bad import HANZI

pytestmark = pytest.mark.django_db

DEEP = 100_000
BOMBS = {
    "no json": b"{",
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a name twice": b'{"key":"a","key":"b","name":"x"}',
    "not a number": b'{"key":NaN}',
    "infinity": b'{"key":-Infinity}',
    "a number of a million digits": b'{"version":' + b"9" * 1_000_000 + b"}",
    "not utf-8": b'{"key":"\xff\xfe"}',
    "utf-16": '{"key":"a"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "a bare control character": b'{"key":"\x01"}',
    "behind the end": b"{} {}",
}


@pytest.fixture
def program():
    return of_staff(make_staff(Role.BRANCH_DOCTOR))


@pytest.mark.parametrize("name", BOMBS)
def test_the_workflow_api_refuses_in_words(program, name):
    answer = program.raw("patients/", BOMBS[name])
    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
    assert Patient.objects.count() == 0


@pytest.mark.parametrize("name", BOMBS)
def test_fhir_refuses_in_words(name):
    client = Client(HTTP_AUTHORIZATION=f"Bearer {of_client(make_organisation()).token}")
    answer = client.post("/fhir/Observation", BOMBS[name], content_type="application/fhir+json")
    assert answer.status_code in (400, 422)
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert all(HANZI.search(one["diagnostics"]) for one in answer.json()["issue"])


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        (
            "POST",
            "/fhir/Observation",
            {"resourceType": "Observation", "status": "sent", "valueString": 5, "x": 1},
        ),
        ("POST", "/fhir/Observation", {"resourceType": "Patient"}),
        ("POST", "/fhir/Patient", [1]),
        ("POST", "/fhir/Spaceship", {"resourceType": "Spaceship"}),
        ("POST", "/fhir/", {"resourceType": "Bundle", "type": "batch", "entry": 5}),
        ("POST", "/fhir/", {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {}}]}),
        ("PUT", "/fhir/Observation", {"resourceType": "Observation"}),
        ("POST", "/fhir/Observation/$validate", {"resourceType": "Observation"}),
        ("GET", "/fhir/Observation?date=2026-02-30", None),
        ("GET", "/fhir/Observation?colour=blue", None),
        ("GET", "/fhir/Observation?_sort=colour&_count=a", None),
        ("GET", "/fhir/Patient?birthdate=0000-01-01", None),
        ("GET", "/fhir/Patient?_include=a:b", None),
        ("GET", "/fhir/Patient?_cursor=x", None),
        ("GET", "/fhir/there/is/none", None),
    ],
)
def test_fhir_says_in_the_countys_language_what_it_does_not_understand(method, path, said):
    client = Client(HTTP_AUTHORIZATION=f"Bearer {of_client(make_organisation()).token}")
    body = b"" if said is None else json.dumps(said).encode()
    answer = client.generic(method, path, body, content_type="application/fhir+json")
    assert answer.status_code in ((200,) if "$" in path else (400, 404, 422))
    issues = answer.json()["issue"]
    assert [one for one in issues if not HANZI.search(one["diagnostics"])] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b'"text"', b"null", b"true"])
def test_an_order_is_an_object(program, body):
    assert program.raw("patients/", body).status_code in (400, 422)


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\udfff\ud800"])
@pytest.mark.parametrize("field", ["name", "key", "reason", "id_number", "address"])
def test_no_text_is_half_a_character(program, field, text):
    said = {"name": "测试甲", "id_number": id_number(), "key": "k", field: text}
    answer = program.raw("patients/", json.dumps(said).encode())
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


@pytest.mark.parametrize("value", [0, -1, 2**31, 2**63, 2**80, 10**400, 1.5, 1e400, "1", True, None, [], {}])
def test_no_version_is_out_of_range(program, value):
    answer = program.send("POST", f"exams/{'0' * 8}-0000-7000-8000-{'0' * 12}/register/",
                          {"key": "k", "version": value})  # fmt: skip
    assert answer.status_code in (400, 422)


def test_a_long_order_is_refused_before_it_is_read(program):
    short = program.raw("patients/search/", b'{"text":"' + b"x" * 1_048_700 + b'"}')
    long = program.raw("patients/search/", b'{"text":"' + b"x" * 10_500_000 + b'"}')
    assert (short.status_code, long.status_code) == (413, 413)


@pytest.mark.parametrize("said", [b"1" * 20, b"-1", b"abc"])
def test_a_length_that_is_none_breaks_nothing(program, said):
    answer = program.raw("patients/search/", b'{"text":"x"}', CONTENT_LENGTH=said.decode())
    assert answer.status_code in (200, 400, 413, 422)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json; charset=utf-8", 422),
        ("text/plain", 415),
        ("application/xml", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/jsonp", 415),
        ("", 415),
        ("a/b/c;;;=", 415),
        ("text/html, application/json", 415),
    ],
)
def test_the_content_type_is_said_not_guessed(program, kind, status):
    assert program.raw("patients/", b"{}", content_type=kind).status_code == status


def test_a_compressed_body_is_not_unpacked(program):
    import gzip  # lazy: one test's own

    bomb = gzip.compress(b" " * 5_000_000)
    answer = program.raw("patients/", bomb, HTTP_CONTENT_ENCODING="gzip")
    assert answer.status_code == 400
    assert Patient.objects.count() == 0
