"""Anything at all at FHIR, DICOMweb and the portal's forms: an answer, never a crash."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortium.choices import Role
from tests import code
from tests.emr.repository.conftest import Fhir
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.factories.emr import make_patient
from tests.imaging.web import bearer

pytestmark = pytest.mark.django_db

quick = settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

KINDS = ("Observation", "Patient", "Condition", "Encounter", "DocumentReference", "Bundle", "Nothing", "")
WORDS = (
    "subject",
    "code",
    "status",
    "id",
    "meta",
    "value",
    "entry",
    "extension",
    "period",
    "name",
    "identifier",
)
TEXT = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "final",
            "Patient/x",
            "2026-02-30",
            "9999-12-31T23:59:59Z",
            "0000",
            "-1",
            "urn:uuid:x",
            "%00",
            "a|b|c",
        ]
    ),
)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT)
VALUE = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS) | TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)
PARAMETERS = st.lists(
    st.tuples(
        st.sampled_from(["_id", "subject", "code", "date", "_count", "_sort", "_include", "_has:x:y:z", "name",
                         "_total", "identifier", "status:not", "value-quantity",
                         "_elements", "_summary", "_lastUpdated", "x"]),
        st.one_of(TEXT, st.sampled_from(["gt2026", "ge9999-12-31", "lt0001-01-01", "1e400", "5.4|http://u|mg", "*"])),
    ),
    max_size=4,
)  # fmt: skip


@pytest.fixture
def fhir():
    return Fhir(make_organisation())


@quick
@given(kind=st.sampled_from(KINDS), content=st.dictionaries(st.sampled_from(WORDS), VALUE, max_size=6))
def test_any_resource(fhir, kind, content):
    resource = {"resourceType": kind, **content}
    body = json.dumps(resource, ensure_ascii=True, allow_nan=False).encode()
    for answer in (
        fhir.post(kind or "Observation", body),
        fhir.put("Observation/a-1", body),
        fhir.post("", body),
    ):
        assert answer.status_code < 500, (resource, answer.content[:300])


@quick
@given(kind=st.sampled_from(KINDS[:5]), asked=PARAMETERS)
def test_any_search(fhir, kind, asked):
    query = QueryDict(mutable=True)
    for name, value in asked:
        query.appendlist(name, value.encode("utf-8", "replace").decode())
    answer = fhir.get(f"{kind}?{query.urlencode()}")
    assert answer.status_code < 500, (query, answer.content[:300])


@quick
@given(
    level=st.sampled_from(["studies", "series", "instances", "studies/1.2.3/series", "studies/1.2/metadata"]),
    asked=st.lists(
        st.tuples(st.sampled_from(["StudyDate", "PatientName", "limit", "offset", "fuzzymatching", "includefield",
                                   "00100010", "ModalitiesInStudy", "StudyInstanceUID", "x"]),
                  TEXT | st.sampled_from(["-", "20260101-", "99991231-00010101", "*" * 50, "?", "\\", "-1", "9" * 40])),
        max_size=4,
    ),
)  # fmt: skip
def test_any_query_for_pictures(fhir, level, asked):
    client = dicomweb(fhir)
    query = QueryDict(mutable=True)
    for name, value in asked:
        query.appendlist(name, value.encode("utf-8", "replace").decode())
    answer = client.get(f"/dicomweb/{level}?{query.urlencode()}")
    assert answer.status_code < 500, (query, answer.content[:300])


_clients: dict[int, Client] = {}


def dicomweb(fhir: Fhir) -> Client:
    if id(fhir) not in _clients:
        _clients[id(fhir)] = bearer(fhir.place)
        _clients[id(fhir)].raise_request_exception = False
    return _clients[id(fhir)]


@quick
@given(body=st.binary(max_size=300), kind=st.sampled_from(["multipart/related; type=\"application/dicom\"; boundary=x",
                                                           "multipart/related", "application/dicom", ""]))  # fmt: skip
def test_any_bytes_as_pictures(fhir, body, kind):
    answer = dicomweb(fhir).generic("POST", "/dicomweb/studies", b"--x\r\n" + body, content_type=kind)
    assert answer.status_code < 500, answer.content[:300]


# -- the portal's forms -------------------------------------------------------------------------------------------

FIELDS = (
    "version", "key", "reason", "text", "code", "name", "id_number", "birth_date", "findings", "draft_version",
    "outcome", "target", "department", "bed", "item", "result",
    "complaint", "diagnosis", "kind", "amount", "method", "quantity",
    "item_code", "request_id", "accession_number", "what", "verdict", "action", "read_back", "priority", "attachments",
)  # fmt: skip
TYPED = st.dictionaries(
    st.sampled_from(FIELDS),
    TEXT
    | st.sampled_from(["1", "2147483648", "99999999999999999999", "1e400", "NaN", code.UUID, "x" * 3000]),
    max_size=12,
)
QUERY = st.dictionaries(
    st.sampled_from(
        [
            "tab",
            "view",
            "after",
            "before",
            "row",
            "case",
            "request",
            "version",
            "series",
            "image",
            "all",
            "next",
        ]
    ),
    TEXT | st.sampled_from(["-1", "9" * 30, code.UUID, "//evil", "0001-01-01"]),
    max_size=3,
)
ROLES = (
    Role.BRANCH_DOCTOR,
    Role.READER,
    Role.COORDINATOR,
    Role.CASHIER,
    Role.INSURANCE_CLERK,
    Role.TECHNOLOGIST,
)
OUTSIDE = ("/fhir", "/dicomweb", "/api/", "/oauth/", "/signout", "/healthz", "/readyz", "/metrics", "/kept/")


def pages() -> list[str]:
    """Addresses of the portal, with sample values."""
    return sorted({address.path for address in code.addresses() if not address.path.startswith(OUTSIDE)})


def desk(role: Role) -> tuple[Client, str]:
    place = make_organisation()
    client = Client(raise_request_exception=False)
    sign_in(client, make_staff(role, place))
    return client, str(make_patient(place).pk)


def clean(said: dict[str, str]) -> dict[str, str]:
    return {name: value.encode("utf-8", "replace").decode() for name, value in said.items()}


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("role", ROLES)
def test_any_words_in_any_form(role):
    client, patient = desk(role)
    broken: dict[str, Any] = {}

    @settings(quick, max_examples=2)
    @given(typed=TYPED, asked=QUERY)
    def every_page(typed, asked):
        for path in pages():
            at = path.replace(code.UUID, patient) if path.startswith("/patients/") else path
            answers: list[Callable[[], Any]] = [
                lambda at=at: client.get(at, clean(asked)),
                lambda at=at: client.post(at, clean(typed)),
            ]
            for ask in answers:
                answer = ask()
                if answer.status_code >= 500:
                    broken[path] = (answer.status_code, typed, asked)

    every_page()
    assert broken == {}
