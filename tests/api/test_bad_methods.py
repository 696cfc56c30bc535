"""Verbs that are not offered, overridden or misspelt; headers that carry more than they should."""

import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest

from consortium.choices import Role
from kernel.web import openapi
from tests.api.test_bad_ids import address
from tests.factories.api import of_staff
from tests.factories.consortium import make_staff


def paths():
    return [(path, set(operations)) for path, operations in openapi.described()["paths"].items()]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "offered"), paths(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_method_that_is_not_offered_is_405_and_names_those_that_are(path, offered):
    doctor = of_staff(make_staff(Role.BRANCH_DOCTOR))
    at = "/api/v1/" + address(path)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "X"} - {
        one.upper() for one in offered
    }:
        answer = doctor.client.generic(method, at, b"{}", content_type="application/json")
        assert answer.status_code == 405, (method, path)
        assert set(answer["Allow"].lower().split(", ")) == offered | ({"head"} if "get" in offered else set())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD"]
)
def test_a_method_is_the_requests_own(header):
    doctor = of_staff(make_staff(Role.BRANCH_DOCTOR))
    body = {"content_type": "application/json", header: "DELETE"}
    assert (
        doctor.client.generic(
            "POST", "/api/v1/patients/search/", b'{"text":"\xe5\xbc\xa0"}', **body
        ).status_code
        == 200
    )
    assert doctor.client.get("/api/v1/me/?_method=DELETE").status_code == 200


@pytest.mark.django_db
def test_the_answer_is_json_whatever_is_asked_for():
    doctor = of_staff(make_staff(Role.BRANCH_DOCTOR))
    for asked in ("text/html", "application/xml", "*/*", "x", "text/html;q=1,\u00e9"):
        answer = doctor.client.get("/api/v1/me/?format=api", HTTP_ACCEPT=asked)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"


def raw(url, said, patience=8.0):
    """What a server answers to these bytes."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=patience) as line:
        line.sendall(said)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, dict(answer.getheaders()), answer.read()


@pytest.mark.parametrize(
    "line",
    [
        b"X-A: b\r\nSet-Cookie: a=b\r\n", b"X-A: \x00\r\n", b"Authorization: Bearer \xff\xfe\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Accept-Language: " + b"a" * 20000 + b"\r\n", b"Cookie: " + b"a=b;" * 10000 + b"\r\n",
        b"Accept-Language: ../../etc/passwd\r\n", b"X-Forwarded-For: 10.0.0.1\r\n" * 200,
    ],
)  # fmt: skip
def test_headers_that_are_none_break_nothing(live, line):
    host = urlsplit(live.url).netloc.encode()
    try:
        status, headers, _body = raw(
            live.url, b"GET /api/v1/me/ HTTP/1.1\r\nHost: " + host + b"\r\n" + line + b"\r\n"
        )
    except (http.client.HTTPException, ConnectionError):
        return  # the server hung up: as good an answer
    assert status in (400, 401, 413, 431)
    assert "Set-Cookie" not in headers


def test_an_address_cannot_carry_a_header(live):
    host = urlsplit(live.url).netloc.encode()
    for path in (
        b"/api/v1/me/%0d%0aSet-Cookie:a=b",
        b"/api/v1/%0d%0a/",
        b"/%0d%0aX:1",
        b"/signin/?next=%0d%0aX:1",
    ):
        status, headers, _body = raw(
            live.url, b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
        )
        assert status < 500
        assert "X" not in headers
        assert "a=b" not in headers.get("Set-Cookie", "")


def test_a_caller_who_never_finishes_holds_up_nobody(live):
    """Twenty bodies that never come; a plain question is answered meanwhile."""
    parts = urlsplit(live.url)
    head = f"POST /api/v1/patients/search/ HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 1000\r\n\r\n{{".encode()
    lines = [socket.create_connection((parts.hostname, parts.port), timeout=5) for _number in range(20)]
    try:
        for line in lines:
            line.sendall(head)
        began = time.monotonic()
        status, _headers, _body = raw(
            live.url, f"GET /api/v1/me/ HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
        )
        assert (status, time.monotonic() - began < 8) == (401, True)
    finally:
        for line in lines:
            line.close()
