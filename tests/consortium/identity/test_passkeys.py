"""Passkeys on the server's side, against a key made of software that signs real bytes."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from consortium import ceremonies, selectors, services
from consortium.choices import Factor, Role
from consortium.engine import passkeys
from consortium.models import Passkey, StaffSession, Throttle
from consortium.services import Outcome
from consortium.services.identity import passkeys as verbs
from kernel import clock
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, OutOfReach, StepUpNeeded
from tests.factories import consortium as make
from tests.factories.passkeys import Authenticator

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"
STRANGER = Actor(kind=Kind.STAFF, name="unknown", address="192.0.2.7")


@pytest.fixture
def doctor():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)


@pytest.fixture
def key(client, doctor):
    """A key the doctor has registered."""
    made = Authenticator()
    make.sign_in(client, doctor)
    assert register(client, made).headers["Location"] == "/me/passkeys/"
    StaffSession.objects.all().delete()
    client.cookies.clear()
    return made


def register(browser, key, name="my phone"):
    asked = browser.post("/me/passkeys/add/").json()
    return browser.post("/me/passkeys/add/", {"name": name, "passkey": key.create(asked)})


def answer(browser, key, path="/signin/passkey/", **more):
    asked = browser.post(path).json()
    return browser.post(path, {"passkey": key.get(asked), **more})


def test_a_passkey_signs_in_by_itself_and_counts_as_a_proof(client, doctor, key):
    asked = client.post("/signin/passkey/").json()
    assert (asked["rpId"], asked["userVerification"], asked.get("allowCredentials", [])) == (
        "testserver",
        "required",
        [],
    )
    client.get("/signin/?next=/me/sessions/")
    assert answer(client, key).headers["Location"] == "/me/sessions/"
    opened = StaffSession.objects.get()
    assert (opened.staff, opened.factor, opened.proved_at is None) == (doctor, Factor.PASSKEY, False)
    assert client.get("/me/").status_code == 200
    assert Passkey.objects.get().sign_count == 1


def test_a_passkey_takes_the_place_of_the_code(client, doctor, key):
    client.post("/signin/", {"username": doctor.username, "password": PASSWORD})
    asked = client.post("/signin/passkey/").json()
    assert len(asked["allowCredentials"]) == 1
    assert client.post("/signin/passkey/", {"passkey": key.get(asked)}).headers["Location"] == "/"


def test_the_second_step_of_one_account_takes_no_passkey_of_another(client, key):
    other = make.make_staff(Role.TECHNOLOGIST, password=PASSWORD)
    client.post("/signin/", {"username": other.username, "password": PASSWORD})
    assert answer(client, key).headers["Location"] == "/signin/"
    assert not StaffSession.objects.exists()


def test_a_passkey_reopens_a_locked_page_of_its_owner_alone(client, doctor, key):
    session = make.sign_in(client, doctor)
    StaffSession.objects.update(proved_at=None)
    client.post("/lock/", {"next": "/notices/"})
    client.get("/signin/?next=/notices/")
    assert answer(client, Authenticator()).headers["Location"] == "/signin/"
    assert client.get("/me/").status_code == 302
    assert answer(client, key).headers["Location"] == "/notices/"
    assert client.get("/me/").status_code == 200
    assert StaffSession.objects.get(pk=session).proved_at is not None


def test_a_passkey_is_a_proof_for_a_step_up(client, doctor, key):
    make.sign_in(client, doctor)
    StaffSession.objects.update(proved_at=clock.now() - timedelta(hours=1))
    wrong = answer(client, Authenticator(), next="/me/recovery/")
    assert wrong.headers["Location"] == "/signin/again/?next=%2Fme%2Frecovery%2F"
    assert answer(client, key, next="/me/recovery/").headers["Location"] == "/me/recovery/"
    assert client.post("/me/recovery/").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"verifies": False}, {"host": "elsewhere.example"}, {"origin": "https://elsewhere.example"}],
)
def test_a_key_without_finger_or_of_another_site_is_refused(client, doctor, key, wrong):
    for name, value in wrong.items():
        setattr(key, name, value)
    assert answer(client, key).headers["Location"] == "/signin/"
    assert not StaffSession.objects.exists()
    assert Throttle.objects.get(kind="source").failures == 1


def test_an_answer_counts_once_and_for_five_minutes(client, doctor, key, monkeypatch):
    asked = client.post("/signin/passkey/").json()
    said = key.get(asked)
    thief = Client()
    assert thief.post("/signin/passkey/", {"passkey": said}).headers["Location"] == "/signin/"
    assert client.post("/signin/passkey/", {"passkey": said}).headers["Location"] == "/"
    client.post("/signout/")
    assert client.post("/signin/passkey/", {"passkey": said}).headers["Location"] == "/signin/"
    late = key.get(client.post("/signin/passkey/").json())
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=ceremonies.LIVES_SECONDS + 1))
    assert client.post("/signin/passkey/", {"passkey": late}).headers["Location"] == "/signin/"


def test_an_answer_of_a_key_that_does_not_count_is_not_taken_twice(client, doctor, key):
    key.count = -1  # synced passkeys always say 0
    make.sign_in(client, doctor)
    said = key.get(client.post("/signin/passkey/").json())
    onward = {"passkey": said, "next": "/me/"}
    assert client.post("/signin/passkey/", onward).headers["Location"] == "/me/"
    assert client.post("/signin/passkey/", onward).headers["Location"].startswith("/signin/again/")


def test_a_copied_key_that_counts_backwards_is_refused(client, doctor, key):
    key.count = 40
    assert answer(client, key).headers["Location"] == "/"
    client.post("/signout/")
    key.count = 3
    assert answer(client, key).headers["Location"] == "/signin/"


@pytest.mark.parametrize(
    "said",
    ["{}", "[]", "nonsense", '{"id": 1}', '{"id": "AAAA", "response": null}', "[" * 30_000, "x" * 30_000],
)
def test_what_is_no_answer_is_refused(client, key, said):
    client.post("/signin/passkey/")
    assert client.post("/signin/passkey/", {"passkey": said}).headers["Location"] == "/signin/"
    assert passkeys.credential_of(said) in (b"", b"\0\0\0")


def test_a_closed_or_locked_account_stays_shut(client, doctor, key):
    doctor.is_active = False
    doctor.save(update_fields=["is_active"])
    assert answer(client, key).headers["Location"] == "/signin/"
    doctor.is_active = True
    doctor.save(update_fields=["is_active"])
    for number in range(5):
        by = Actor(kind=Kind.STAFF, name="unknown", address=f"198.51.100.{number}")
        services.check_password(by=by, username=doctor.username, password="wrong")
    assert answer(client, key).headers["Location"] == "/signin/"
    assert not StaffSession.objects.exists()


def test_registering_asks_for_a_fresh_proof_and_keeps_the_page(client, doctor):
    make.sign_in(client, doctor)
    StaffSession.objects.update(proved_at=None)
    answered = register(client, Authenticator())
    assert answered.headers["Location"].startswith("/signin/again/")
    assert not Passkey.objects.exists()


def test_a_key_is_registered_once_named_and_shown(client, doctor, key):
    make.sign_in(client, doctor)
    asked = client.post("/me/passkeys/add/").json()
    assert (asked["authenticatorSelection"]["userVerification"], len(asked["excludeCredentials"])) == (
        "required",
        1,
    )
    json_page = {"Accept": "application/json"}
    asked = client.post("/me/passkeys/add/").json()
    again = client.post(
        "/me/passkeys/add/", {"name": "again", "passkey": key.create(asked)}, headers=json_page
    )
    assert (again.status_code, again.json()["code"]) == (409, "passkey_exists")
    asked = client.post("/me/passkeys/add/").json()
    other = {"name": "x", "passkey": Authenticator(host="elsewhere.example").create(asked)}
    assert client.post("/me/passkeys/add/", other, headers=json_page).json()["code"] == "bad_passkey"
    page = client.get("/me/passkeys/").content.decode()
    assert "my phone" in page
    assert "my phone" in client.get("/me/").content.decode()


def test_an_owner_removes_her_passkeys_and_nobody_elses(client, doctor, key):
    mine = Passkey.objects.get()
    other = make.make_actor(Role.CASHIER)
    with pytest.raises(OutOfReach):
        services.remove_passkey(by=other, passkey_id=mine.pk)
    make.sign_in(client, doctor)
    StaffSession.objects.update(proved_at=None)
    with pytest.raises(StepUpNeeded):
        services.remove_passkey(
            by=selectors.signed_in(StaffSession.objects.get().pk).actor, passkey_id=mine.pk
        )
    StaffSession.objects.update(proved_at=clock.now())
    assert client.post(f"/me/passkeys/{mine.pk}/remove/").headers["Location"] == "/me/passkeys/"
    client.post("/signout/")
    assert answer(client, key).headers["Location"] == "/signin/"


def test_ten_passkeys_are_the_most(doctor):
    for number in range(verbs.MOST):
        Passkey.objects.create(
            staff=doctor, name=f"key {number}", credential=bytes([number]) * 16, public_key=b"x"
        )
    key = Authenticator()
    site = passkeys.Site(host="testserver", origin="http://testserver", challenge=b"c" * 32)
    asked = json.loads(passkeys.to_register(site, staff=b"s", account="a", name="n", known=()))
    with pytest.raises(Conflict):
        services.register_passkey(
            by=make.actor_of(doctor), site=site, said=key.create(asked), name="one more"
        )


def test_reset_by_the_security_manager_removes_the_passkeys_too(client, doctor, key):
    services.reset_factor(by=make.make_actor(Role.SECURITY_MANAGER), staff_id=doctor.pk)
    assert not Passkey.objects.exists()


def test_a_stranger_with_any_key_is_wrong(client):
    site = passkeys.Site(host="testserver", origin="http://testserver", challenge=b"c" * 32)
    asked = json.loads(passkeys.to_answer(site))
    answered = services.enter_by_passkey(by=STRANGER, site=site, said=Authenticator().get(asked))
    assert (answered.outcome, answered.tries_left) == (Outcome.WRONG, None)
