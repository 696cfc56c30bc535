"""Step-up: what weighs much asks for both factors again, keeps what was typed, and leads back to it."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from consortium import selectors
from consortium.choices import Role
from consortium.middleware import without_post
from consortium.models import KeptForm, KnownDevice, StaffSession
from consortium.services.identity import factors
from kernel import assurance, clock
from kernel.actor import Actor, Kind
from kernel.assurance import FRESH
from kernel.errors import StepUpNeeded
from kernel.models import AuditEntry
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"


@without_post
def heavy(request):
    """A page whose verb asks for a fresh proof."""
    assurance.fresh(request.actor)
    return HttpResponse("done " + request.POST.get("reason", ""))


urlpatterns = [path("heavy/", heavy), path("", include("config.urls"))]
HERE = override_settings(ROOT_URLCONF="tests.consortium.identity.test_step_up")


@pytest.fixture
def doctor():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)


@pytest.fixture
def secret(doctor):
    made = selectors.new_secret()
    factors.bind(doctor, made)
    return made


@pytest.fixture
def stale(client, doctor):
    """A browser whose person proved who she is too long ago."""
    session = make.sign_in(client, doctor)
    StaffSession.objects.filter(pk=session).update(proved_at=clock.now() - FRESH - timedelta(seconds=1))
    return client


def test_a_proof_counts_for_ten_minutes_and_machines_need_none():
    now = clock.now()
    person = Actor(kind=Kind.STAFF, name="x", session="s")
    for proved, enough in [
        (now, True),
        (now - timedelta(minutes=9, seconds=50), True),
        (now - timedelta(minutes=10, seconds=1), False),
        (None, False),
    ]:
        actor = Actor(kind=Kind.STAFF, name="x", session="s", proved_at=proved)
        if enough:
            assurance.fresh(actor)
        else:
            with pytest.raises(StepUpNeeded):
                assurance.fresh(actor)
    assurance.fresh(Actor.system("house"))
    assurance.fresh(Actor(kind=Kind.CLIENT, name="program"))
    assert person.proved_at is None


def test_a_full_sign_in_is_a_proof_and_a_known_device_is_none(doctor, secret):
    browser = Client()
    browser.post("/signin/", {"username": doctor.username, "password": PASSWORD})
    browser.post("/signin/second/", {"code": selectors.code_now(secret)})
    with HERE:
        assert browser.get("/heavy/").status_code == 200
    browser.post("/signout/")
    browser.post("/signin/", {"username": doctor.username, "password": PASSWORD})
    with HERE:
        assert browser.get("/heavy/").headers["Location"] == "/signin/again/?next=%2Fheavy%2F"


@HERE
def test_what_was_typed_is_kept_asked_for_and_sent(stale, secret):
    answer = stale.post("/heavy/", {"reason": "胸痛三小时", "code": "rescue"})
    kept = KeptForm.objects.get()
    assert answer.headers["Location"] == f"/signin/again/?next=%2Fkept%2F{kept.pk}%2F"
    page = stale.get(answer.headers["Location"])
    assert page.status_code == 200
    proof = {"password": PASSWORD, "code": selectors.code_now(secret), "next": f"/kept/{kept.pk}/"}
    assert stale.post("/signin/again/", {**proof, "password": "wrong"}).status_code == 422
    assert stale.post("/signin/again/", {**proof, "code": "000000"}).status_code == 422
    assert stale.post("/signin/again/", {**proof, "code": ""}).status_code == 422
    with pytest.raises(StepUpNeeded):
        assurance.fresh(selectors.signed_in(StaffSession.objects.get().pk).actor)
    assert stale.post("/signin/again/", proof).headers["Location"] == f"/kept/{kept.pk}/"
    shown = stale.get(f"/kept/{kept.pk}/").content.decode()
    assert ("胸痛三小时" in shown, "rescue" in shown) == (True, True)
    sent = stale.post("/heavy/", {"reason": "胸痛三小时", "kept_form": str(kept.pk)})
    assert (sent.status_code, sent.content.decode()) == (200, "done 胸痛三小时")
    kept.refresh_from_db()
    assert bytes(kept.sealed) == b""
    actions = AuditEntry.objects.order_by("at").values_list("action", "outcome")
    assert ("consortium.proof_refused", "failure") in actions
    assert ("consortium.proved", "success") in actions
    assert KnownDevice.objects.count() == 1


@HERE
def test_a_panel_is_sent_to_the_page_and_a_program_gets_a_403(stale):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/patients/?tab=mine"}
    part = stale.get("/heavy/", headers=headers)
    assert (part.status_code, part.headers["HX-Redirect"]) == (403, "/signin/again/?next=%2Fpatients%2F")
    sent = stale.post("/heavy/", {"reason": "胸痛"}, headers=headers)
    kept = KeptForm.objects.get()
    assert sent.headers["HX-Redirect"] == f"/signin/again/?next=%2Fkept%2F{kept.pk}%2F"
    program = stale.post("/heavy/", {"reason": "x"}, headers={"Accept": "application/json"})
    assert (program.status_code, program.json()["code"]) == (403, "step_up")


@HERE
def test_wrong_proofs_count_towards_the_lock_of_the_account(stale, doctor):
    answers = [
        stale.post("/signin/again/", {"password": "wrong", "code": "000000"}).status_code for _ in range(6)
    ]
    assert answers == [422, 422, 422, 422, 429, 429]


@HERE
@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_the_way_back_is_one_of_ours(stale, secret, target):
    proof = {"password": PASSWORD, "code": selectors.code_now(secret), "next": target}
    assert stale.post("/signin/again/", proof).headers["Location"] == "/"


def test_new_recovery_codes_ask_for_a_fresh_proof_and_end_the_old_ones(stale, doctor, secret):
    assert stale.get("/me/recovery/").status_code == 200
    assert stale.post("/me/recovery/").headers["Location"].startswith("/signin/again/")
    stale.post("/signin/again/", {"password": PASSWORD, "code": selectors.code_now(secret)})
    shown = stale.post("/me/recovery/").content.decode()
    assert selectors.recovery_codes_left(doctor.pk) == 10
    again = stale.post("/me/recovery/").content.decode()
    assert shown != again


@HERE
@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/me/passkeys/?page=2", "%2Fme%2Fpasskeys%2F"),
        ("https://elsewhere.example/x/", "%2F"),
        ("", "%2F"),
    ],
)
def test_a_button_without_words_leads_back_to_its_page(stale, referer, back):
    answer = stale.post("/heavy/", headers={"Referer": referer} if referer else {})
    assert answer.headers["Location"] == f"/signin/again/?next={back}"
    assert not KeptForm.objects.exists()


def test_the_security_managers_reset_of_a_factor_asks_for_a_fresh_proof(client, doctor):
    session = make.sign_in(client, make.make_staff(Role.SECURITY_MANAGER))
    StaffSession.objects.filter(pk=session).update(proved_at=None)
    answer = client.post(f"/security/people/{doctor.pk}/factor/")
    assert answer.headers["Location"].startswith("/signin/again/")
