"""Sessions: how many, on which device, under which key, and that an ended one opens nothing."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from consortium import doors, selectors, services
from consortium.choices import LONGEST, Ending, Factor, Role
from consortium.models import KnownDevice, StaffSession
from consortium.services import Seat
from consortium.services.identity import factors
from consortium.services.sessions.endings import ENDED, LAST
from kernel import clock
from kernel.actor import Actor, Kind
from kernel.errors import Refused
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"
STRANGER = Actor(kind=Kind.STAFF, name="unknown", address="192.0.2.7")


@pytest.fixture
def doctor():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)


@pytest.fixture
def secret(doctor):
    made = selectors.new_secret()
    factors.bind(doctor, made)
    return made


def first(browser, doctor):
    return browser.post("/signin/", {"username": doctor.username, "password": PASSWORD})


def in_full(browser, doctor, secret, step=0):
    first(browser, doctor)
    return browser.post("/signin/second/", {"code": selectors.code_now(secret, step=step)})


def key(browser):
    return browser.cookies["lianyi_session"].value


# -- the second factor and the device ---------------------------------------------------------------------------


def test_a_new_device_asks_the_second_factor_and_a_known_one_within_twelve_hours_does_not(doctor, secret):
    browser, other = Client(), Client()
    in_full(browser, doctor, secret)
    browser.post("/signout/")
    assert first(browser, doctor).headers["Location"] == "/"
    assert first(other, doctor).headers["Location"] == "/signin/second/"
    latest = StaffSession.objects.order_by("-started_at").first()
    assert (latest.factor, latest.proved_at) == (Factor.DEVICE, None)
    assert latest.until_at == KnownDevice.objects.get().factor_at + LONGEST


def test_after_twelve_hours_a_known_device_asks_again(doctor, secret):
    browser = Client()
    in_full(browser, doctor, secret)
    browser.post("/signout/")
    KnownDevice.objects.update(factor_at=clock.now() - LONGEST - timedelta(seconds=1))
    assert first(browser, doctor).headers["Location"] == "/signin/second/"


def test_a_session_on_a_known_device_ends_twelve_hours_after_the_second_factor(client, doctor):
    session = make.sign_in(client, doctor)
    StaffSession.objects.filter(pk=session).update(until_at=clock.now() - timedelta(seconds=1))
    answer = client.get("/me/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/signin/?next=/me/")


def test_a_device_is_known_for_one_person_alone(doctor, secret):
    browser, other = Client(), make.make_staff(Role.TECHNOLOGIST, password=PASSWORD)
    factors.bind(other, selectors.new_secret())
    in_full(browser, doctor, secret)
    browser.post("/signout/")
    assert first(browser, other).headers["Location"] == "/signin/second/"


def test_a_device_cookie_somebody_wrote_herself_is_none(doctor, secret):
    browser = Client()
    in_full(browser, doctor, secret)
    token = browser.cookies[doors.DEVICE]
    assert (token["httponly"], token["samesite"]) == (True, "Lax")
    browser.post("/signout/")
    for forged in (token.value[:-4] + "AAAA", token.value.partition(":")[0]):
        browser.cookies[doors.DEVICE] = forged
        assert first(browser, doctor).headers["Location"] == "/signin/second/"


def test_a_reset_second_factor_forgets_the_devices(doctor, secret):
    seat = Seat(device="hers")
    services.check_code(by=STRANGER, staff_id=doctor.pk, code=selectors.code_now(secret), seat=seat)
    services.reset_factor(by=make.make_actor(Role.SECURITY_MANAGER), staff_id=doctor.pk)
    assert not KnownDevice.objects.exists()


# -- keys: nobody who planted or kept one comes in --------------------------------------------------------------


def test_the_key_of_the_browsers_session_is_new_after_each_step(doctor, secret):
    make.make_post(doctor, Role.TECHNOLOGIST, make.make_organisation())
    browser = Client()
    browser.get("/signin/?next=/me/")
    planted = key(browser)
    first(browser, doctor)
    half = key(browser)
    browser.post("/signin/second/", {"code": selectors.code_now(secret)})
    full = key(browser)
    browser.post("/posts/", {"post": selectors.posts_of(doctor.pk)[0].pk})
    chosen = key(browser)
    assert len({planted, half, full, chosen}) == 4
    assert set(Session.objects.values_list("session_key", flat=True)) == {chosen}
    thief = Client()
    for old in (planted, half, full):
        thief.cookies["lianyi_session"] = old
        assert thief.get("/me/").headers["Location"] == "/signin/?next=/me/"


def test_after_signing_out_the_token_opens_nothing_and_its_data_are_gone(doctor, secret):
    browser = Client()
    in_full(browser, doctor, secret)
    token = key(browser)
    browser.post("/signout/")
    assert not Session.objects.filter(session_key=token).exists()
    thief = Client()
    thief.cookies["lianyi_session"] = token
    assert thief.get("/me/").status_code == 302
    over = StaffSession.objects.get()
    assert (over.ending, doors.standing(over.pk, address="192.0.2.7")) == (Ending.SIGNED_OUT, None)


def test_a_session_ended_elsewhere_leaves_nothing_in_the_browser_s_own(doctor):
    browser = Client()
    session = make.sign_in(browser, doctor)
    StaffSession.objects.filter(pk=session).update(browser=key(browser))
    held = browser.session
    held["next"] = "/patients/?view=all"
    held.save()
    manager = make.make_actor(Role.SECURITY_MANAGER)
    services.end_any_session(by=manager, session_id=session)
    assert dict(browser.session.items()) == {
        LAST: str(doctor.pk), ENDED: str(Ending.ENDED_BY_MANAGER)
    }  # fmt: skip


def test_a_sign_in_gives_new_form_tokens(doctor, secret):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/signin/")
    token = browser.cookies["csrftoken"].value
    sent = {"username": doctor.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert browser.post("/signin/", {**sent, "csrfmiddlewaretoken": ""}).status_code == 403
    assert browser.post("/signin/", sent).status_code == 302
    code = {"code": selectors.code_now(secret), "csrfmiddlewaretoken": token}
    assert browser.post("/signin/second/", code).status_code == 302
    assert browser.cookies["csrftoken"].value != token
    assert browser.post("/me/sessions/others/end/", {"csrfmiddlewaretoken": token}).status_code == 403


# -- ending -----------------------------------------------------------------------------------------------------


def test_a_fourth_session_ends_the_oldest_which_is_told(doctor, secret):
    browsers = [Client() for _ in range(4)]
    seats = [Seat(device=f"device-{number}") for number in range(4)]
    for browser, seat in zip(browsers, seats, strict=True):
        opened = services.open_session(by=STRANGER, staff_id=doctor.pk, seat=seat)
        session = browser.session
        session[doors.SESSION] = str(opened.pk)
        session["anything"] = "something a page had left"
        session.save()
        browser.cookies["lianyi_session"] = session.session_key
        StaffSession.objects.filter(pk=opened.pk).update(browser=session.session_key)
    endings = list(StaffSession.objects.order_by("started_at", "pk").values_list("ending", flat=True))
    assert endings == [Ending.TOO_MANY, "", "", ""]
    services.end_any_session(
        by=make.make_actor(Role.SECURITY_MANAGER), session_id=StaffSession.objects.latest("started_at").pk
    )
    assert browsers[0].get("/me/").status_code == 302
    assert browsers[1].get("/me/").status_code == 200
    assert browsers[3].get("/me/").status_code == 302
    left = Session.objects.get(session_key=key(browsers[3])).get_decoded()
    assert set(left) == {doors.LAST, doors.ENDED}
    page = browsers[3].get("/signin/", headers={"Accept-Language": "en"}).content.decode()
    assert ("is-warn" in page, "is-warn" in browsers[3].get("/signin/").content.decode()) == (True, False)


def test_the_number_of_sessions_is_a_setting(doctor, settings):
    settings.MAX_SESSIONS = 1
    for number in range(2):
        services.open_session(by=STRANGER, staff_id=doctor.pk, seat=Seat(device=str(number)))
    assert StaffSession.objects.filter(ended_at__isnull=True).count() == 1


def test_the_security_manager_sees_and_ends_sessions(client, doctor):
    browser = Client()
    session = make.sign_in(browser, doctor)
    make.sign_in(client, make.make_staff(Role.SECURITY_MANAGER))
    page = client.get("/security/sessions/").content.decode()
    assert str(session) in page
    assert doctor.name in client.post("/security/sessions/", {"text": doctor.name}).content.decode()
    assert client.post(f"/security/sessions/{session}/end/").status_code == 302
    assert browser.get("/me/").status_code == 302
    assert StaffSession.objects.get(pk=session).ending == Ending.ENDED_BY_MANAGER


@pytest.mark.parametrize("role", [Role.SYSTEM_MANAGER, Role.AUDIT_MANAGER, Role.BRANCH_DOCTOR])
def test_nobody_else_sees_or_ends_others_sessions(client, doctor, role):
    session = make.open_session(doctor)
    actor = make.make_actor(role)
    with pytest.raises(Refused):
        selectors.everybodys_sessions(by=actor)
    with pytest.raises(Refused):
        services.end_any_session(by=actor, session_id=session.pk)
    assert StaffSession.objects.get(pk=session.pk).ended_at is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_sessions_costs_the_same_for_one_and_for_three(
    client, number, django_assert_max_num_queries
):
    make.sign_in(client, make.make_staff(Role.SECURITY_MANAGER))
    for _ in range(number):
        make.open_session(make.make_staff(Role.BRANCH_DOCTOR))
    client.get("/security/sessions/")
    with django_assert_max_num_queries(9):
        client.get("/security/sessions/")


def test_who_leaves_is_out_with_the_next_request_on_every_device(doctor):
    browsers = [Client(), Client()]
    for browser in browsers:
        make.sign_in(browser, doctor)
    services.close_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=doctor.pk, left=True)
    assert [browser.get("/me/").status_code for browser in browsers] == [302, 302]
    assert set(StaffSession.objects.filter(staff=doctor).values_list("ending", flat=True)) == {
        Ending.ACCOUNT_CLOSED
    }
