"""The WSGI entry: machines take the short road with the same headers, refusals and ends as the long one."""

import io
import logging
import threading
from contextlib import suppress

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import ProgrammingError, connection
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import clear_script_prefix
from django.utils import translation

from config.machines import Entry, MachineHandler
from kernel.web.headers import of_data


def ask(path, method="GET", *, entry=None, **environ):
    """(status, headers, body) of one request, its iterable closed as a server does."""
    told = []
    body = (entry or Entry(WSGIHandler()))(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            **environ,
        },
        lambda status, headers: told.append((status, dict(headers))),
    )
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return (*told[0], content)


@pytest.fixture
def answers():
    """An entry whose machine road answers what the test hands in."""

    def entry(response):
        made = Entry(WSGIHandler())
        made.machines = lambda request: response
        return made

    return entry


@pytest.mark.django_db
def test_a_machine_is_answered_with_the_headers_of_every_answer():
    status, headers, body = ask("/fhir/metadata", HTTP_HOST="127.0.0.1")

    assert status == "200 OK"
    assert {name: headers[name] for name in headers if name in of_data()} == of_data()
    assert b"CapabilityStatement" in body


def test_what_a_view_says_itself_is_not_said_twice(answers):
    told = []
    response = HttpResponse(b"x", headers={"content-security-policy": "sandbox"})
    entry = answers(response)
    entry(
        {"PATH_INFO": "/fhir/x", "REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO()},
        lambda _, headers: told.extend(headers),
    )

    assert [value for name, value in told if name.lower() == "content-security-policy"] == ["sandbox"]


@pytest.mark.django_db
def test_a_refusal_keeps_its_form_and_is_logged(caplog):
    with caplog.at_level(logging.WARNING, "django.request"):
        status, headers, body = ask("/fhir/Patient/1")

    assert (status, headers["WWW-Authenticate"]) == ("401 Unauthorized", 'Bearer realm="fhir"')
    assert b"OperationOutcome" in body
    assert "Unauthorized: /fhir/Patient/1" in caplog.text


@pytest.mark.django_db
def test_a_machine_is_answered_in_the_countys_language_whoever_asked_before(settings):
    told = ask("/fhir/Patient/none")
    translation.activate("en")
    assert ask("/fhir/Patient/none")[2] == told[2]
    assert translation.get_language() == settings.LANGUAGE_CODE


@pytest.mark.django_db
def test_without_tls_a_machine_is_sent_to_tls(settings):
    settings.SECURE_SSL_REDIRECT = True

    status, headers, _body = ask("/fhir/metadata", HTTP_HOST="127.0.0.1")

    assert (status, headers["Location"]) == ("301 Moved Permanently", "https://127.0.0.1/fhir/metadata")


@pytest.mark.django_db(transaction=True)
def test_the_portal_and_a_mounted_house_take_djangos_handler(request):
    entry = Entry(WSGIHandler())
    entry.machines = None
    request.addfinalizer(clear_script_prefix)

    assert ask("/signin/", entry=entry, HTTP_HOST="127.0.0.1")[0] == "200 OK"
    assert ask("/fhir/metadata", entry=entry, SCRIPT_NAME="/house", HTTP_HOST="127.0.0.1")[0] == "200 OK"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("statement", "kept"), [("SELECT 1", True), ("SELECT one FROM nowhere", False)])
def test_a_thread_keeps_its_connection_for_the_next_machine_unless_it_failed(statement, kept):
    def view(request):
        with suppress(ProgrammingError), connection.cursor() as cursor:
            cursor.execute(statement)
        return HttpResponse(b"x")

    entry = Entry(WSGIHandler())
    entry.machines = view
    body = entry(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/fhir/x", "wsgi.input": io.BytesIO()},
        lambda status, headers: None,
    )

    assert (connection.connection is not None) == kept
    assert list(body) == [b"x"]
    ask("/signin/", entry=entry, HTTP_HOST="127.0.0.1")
    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_ends_gives_its_connection_back():
    seen = []

    def view(request):
        connection.ensure_connection()
        seen.append(connection.connection)
        return HttpResponse(b"x")

    def two_requests():
        entry = Entry(WSGIHandler())
        entry.machines = view
        for _ in range(2):
            ask("/fhir/x", entry=entry)
            assert not seen[-1].closed

    thread = threading.Thread(target=two_requests)
    thread.start()
    thread.join()

    assert seen[0] is seen[1]
    assert seen[0].closed


def test_a_stream_is_closed_by_the_server(answers):
    closed = []
    stream = StreamingHttpResponse(iter([b"a", b"b"]))
    stream._resource_closers.append(lambda: closed.append(1))

    assert ask("/dicomweb/x", entry=answers(stream))[2] == b"ab"
    assert closed


def test_a_file_goes_through_the_servers_own_wrapper(answers):
    wrapped = []

    def wrapper(file, size):
        wrapped.append(size)
        return iter([file.read()])

    response = FileResponse(io.BytesIO(b"bytes"))
    assert ask("/dicomweb/x", entry=answers(response), **{"wsgi.file_wrapper": wrapper})[2] == b"bytes"
    assert wrapped == [response.block_size]


def test_the_short_road_has_only_its_own_middleware(settings):
    before = settings.MIDDLEWARE
    MachineHandler()
    assert settings.MIDDLEWARE is before
