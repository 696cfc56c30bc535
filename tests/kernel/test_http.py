"""A refusal says the same to a browser, to htmx and to a program, and 403 and 404 are recorded."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from kernel import errors
from kernel.files.reading import Damaged
from kernel.models import AuditEntry
from kernel.web import http
from tests.factories.kernel import make_actor
from tests.kernel.urls import ERRORS

DOMAIN = {
    name: kind.status
    for name, kind in ERRORS.items()
    if isinstance(kind, type) and issubclass(kind, errors.DomainError)
}


def as_outcome(request, error):
    """A room's own form of a refusal."""
    return HttpResponse(f"outcome {error.code}", status=error.status, content_type="application/fhir+json")


def actions():
    return [(entry.action, entry.outcome) for entry in AuditEntry.objects.order_by("id")]


@pytest.mark.parametrize("name", sorted(set(DOMAIN) - {"SignInRequired"}))
def test_a_browser_gets_a_page_with_the_sentence(edge, name):
    answer = edge.get(f"/raise/{name}/")
    assert answer.status_code == DOMAIN[name]
    assert str(ERRORS[name].message) in answer.content.decode()
    assert "<h1" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", sorted(set(DOMAIN) - {"SignInRequired"}))
def test_htmx_gets_a_note_at_the_top_of_the_page(edge, name):
    answer = edge.get(f"/raise/{name}/", headers={"HX-Request": "true"})
    assert answer.status_code == DOMAIN[name]
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#main", "afterbegin show:top")
    body = answer.content.decode()
    assert str(ERRORS[name].message) in body
    assert "<html" not in body
    assert 'role="alert"' in body


@pytest.mark.parametrize("name", sorted(DOMAIN))
@pytest.mark.parametrize("path", ["/raise/", "/api/v1/plain/", "/api/v1/raise/"])
def test_a_program_gets_json(edge, name, path):
    answer = edge.get(f"{path}{name}/", headers={"Accept": "application/json"})
    assert answer.status_code == DOMAIN[name]
    kind = ERRORS[name]
    assert answer.json() == {"detail": str(kind.message), "code": kind.code, "fields": {}}


def test_the_sentence_is_in_the_reader_s_language(edge):
    answer = edge.get("/raise/Refused/", headers={"Accept-Language": "zh-hans", "Accept": "application/json"})
    with translation.override("zh-hans"):
        assert answer.json()["detail"] == str(errors.Refused.message)


def test_a_room_answers_in_its_own_form(edge):
    answer = edge.get("/fhir/raise/Gone/")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        410,
        b"outcome gone",
        "application/fhir+json",
    )


def test_wrong_fields_are_named(edge):
    assert edge.get("/raise/Fields/", headers={"Accept": "application/json"}).json()["fields"] == {
        "name": "too long"
    }
    assert edge.get("/raise/Fields/").content.decode().count("<li>too long</li>") == 1
    assert "<li>too long</li>" in edge.get("/raise/Fields/", headers={"HX-Request": "true"}).content.decode()


def test_somebody_who_is_not_signed_in_is_sent_to_the_door(edge):
    answer = edge.get("/raise/SignInRequired/?a=1&b=2")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/signin/?next=/raise/SignInRequired/%3Fa%3D1%26b%3D2",
    )
    assert edge.post("/raise/SignInRequired/").status_code == 401
    panel = edge.get("/raise/SignInRequired/", headers={"HX-Request": "true"})
    assert (panel.status_code, panel["HX-Redirect"], panel.content) == (401, "/signin/", b"")


def test_who_asks_too_often_is_told_when_to_come_back(edge):
    assert edge.get("/raise/Often/")["Retry-After"] == "7"


def test_a_refusal_and_a_row_out_of_reach_are_recorded_with_who_and_what(edge):
    edge.get("/raise/Refused/", REMOTE_ADDR="192.0.2.7")
    edge.get("/raise/Reached/")
    edge.get("/raise/PermissionDenied/")
    edge.get("/api/v1/raise/Denied/")
    edge.get("/raise/Conflict/")
    assert actions() == [
        ("access.refused", "refused"),
        ("access.out_of_reach", "refused"),
        ("access.refused", "refused"),
        ("access.refused", "refused"),
    ]
    first, second = AuditEntry.objects.order_by("id")[:2]
    assert (first.actor_name, first.address) == ("unknown", "192.0.2.7")
    assert (second.subject_kind, second.subject_id) == ("referral.referral", "r-1")
    assert second.detail == {
        "code": "not_found", "method": "GET", "path": "/raise/Reached/", "wanted": "view",
    }  # fmt: skip


def test_the_acting_post_is_recorded(db):
    request = RequestFactory().get("/x/")
    request.actor = make_actor("cashier", name="li")
    http.record_refusal(request, errors.Refused())
    assert AuditEntry.objects.get().actor_name == "li"


def test_damage_found_inside_a_transaction_is_recorded_once_at_the_edge(db):
    request = RequestFactory().get("/x/")
    known = Damaged(detail={"pk": "f-1"})
    http.record_refusal(request, known)
    known.recorded = True
    http.record_refusal(request, known)
    assert actions() == [("file.damaged", "refused")]


def test_an_address_that_is_not_there(edge):
    assert edge.get("/nowhere/").status_code == 404
    assert "Nothing is found here" in edge.get("/nowhere/").content.decode()
    assert edge.get("/api/v1/nowhere/").json()["code"] == "not_found"
    assert actions() == []


def test_a_form_s_refusal_leads_back_to_the_page_it_was_sent_from(edge):
    page = "/patients/?tab=today"
    sent = edge.post("/raise/Conflict/", headers={"Referer": f"http://testserver{page}"})
    foreign = edge.post("/raise/Conflict/", headers={"Referer": "https://elsewhere.example/x"})
    opened = edge.get("/raise/Conflict/", headers={"Referer": f"http://testserver{page}"})
    assert [f'href="{page}"' in one.text for one in (sent, foreign, opened)] == [True, False, False]
    assert "elsewhere" not in foreign.text


def test_a_form_s_address_opened_as_a_page_says_so(edge):
    answer = edge.put("/posted/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address takes a form" in answer.text
    assert edge.put("/posted/", headers={"Accept": "application/json"}).json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("name", ["OperationalError", "InterfaceError"])
def test_a_database_that_is_away_gives_a_page_that_looks_again_by_itself(edge, name):
    page = edge.get(f"/raise/{name}/")
    sent = edge.post(f"/raise/{name}/")
    told = edge.get(f"/raise/{name}/", headers={"Accept": "application/json"})
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "15", "no-store")
    assert ('http-equiv="refresh" content="15"' in page.text, "not saved" in page.text) == (True, False)
    assert ('http-equiv="refresh"' in sent.text, "What you sent was not saved." in sent.text) == (False, True)
    assert (told.status_code, told.json()["detail"]) == (503, str(errors.Unavailable.message))


def test_a_crash_gives_a_number_that_stands_in_the_log(edge, caplog):
    with caplog.at_level(logging.ERROR):
        page = edge.get("/raise/Crash/").content.decode()
        number = edge.get("/api/v1/plain/Crash/").json()["code"]
    assert "Something went wrong here." in page
    assert f"number {number}" in caplog.text
    assert "ZeroDivisionError" not in page


def test_the_api_names_wrong_fields_in_sentences(edge):
    answer = edge.get("/api/v1/raise/Wrong/")
    assert (answer.status_code, answer.json()["fields"]) == (
        422,
        {"name": "too long odd", "rows": "code: missing"},
    )
    assert edge.get("/api/v1/raise/Plain/").json()["fields"] == {"": "all wrong"}
    assert edge.get("/api/v1/raise/Anonymous/").status_code == 401
    assert edge.get("/api/v1/raise/Method/").status_code == 405
    assert edge.get("/api/v1/raise/Crash/").status_code == 500


def test_an_old_page_says_what_to_do():
    request = RequestFactory().post("/x/", headers={"Accept": "application/json"})
    with translation.override("en"):
        answer = json.loads(http.csrf_failure(request, "token missing").content)
    assert answer["code"] == "form_token"
    assert answer["detail"].startswith("This page was open for too long.")
