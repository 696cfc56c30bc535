"""Doors and consoles through the browser's eyes: addresses, statuses, what is kept and who is let in."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from psycopg.types.range import DateRange

from consortium import selectors, services
from consortium.choices import IDLE, LONGEST, MAX_FAILURES, Role
from consortium.models import KeptForm, Post, StaffSession
from consortium.services.identity import factors
from kernel import clock
from tests.factories import consortium as make
from tests.factories.emr import id_number

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"


@pytest.fixture
def doctor():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)


@pytest.fixture
def secret(doctor):
    made = selectors.new_secret()
    factors.bind(doctor, made)
    return made


def first(client, doctor, password=PASSWORD, onward="/me/"):
    return client.post("/signin/", {"username": doctor.username, "password": password, "next": onward})


def at(client, path):
    return client.get(path, headers={"Accept": "text/html"})


def test_the_way_in(client, doctor, secret):
    assert client.get("/me/").headers["Location"] == "/signin/?next=/me/"
    assert first(client, doctor).headers["Location"] == "/signin/second/"
    assert client.get("/signin/second/").status_code == 200
    assert client.get("/me/").status_code == 302
    answer = client.post("/signin/second/", {"code": selectors.code_now(secret)})
    assert answer.headers["Location"] == "/me/"
    assert client.get("/me/").status_code == 200


def test_wrong_words_stay_on_the_page_and_a_lock_looks_the_same_to_a_stranger(client, doctor):
    answers = [first(client, doctor, "wrong") for _ in range(MAX_FAILURES + 1)]
    assert [one.status_code for one in answers] == [422] * (MAX_FAILURES + 1)
    assert doctor.username in answers[0].content.decode()
    assert first(client, doctor).status_code == 422


def test_the_second_step_is_nothing_without_the_first(client, doctor, secret):
    for path in ("/signin/second/", "/signin/enrol/"):
        assert client.post(path, {"code": selectors.code_now(secret)}).headers["Location"] == "/signin/"
    assert not StaffSession.objects.exists()


def test_a_new_account_binds_an_authenticator_and_chooses_a_password_first(client):
    keeper = make.make_actor(Role.SYSTEM_MANAGER)
    made = services.create_staff(by=keeper, username="wanglihua", name="王丽华", id_number=id_number())
    make.make_post(made.staff, Role.BRANCH_DOCTOR, make.make_organisation())
    assert first(client, made.staff, made.password).headers["Location"] == "/signin/second/"
    assert client.get("/signin/second/").headers["Location"] == "/signin/enrol/"
    page = client.get("/signin/enrol/").content.decode()
    secret = re.search(r'translate="no">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert "<svg" in page
    assert "style=" not in page
    assert 'href="otpauth://totp/Lianyi%3A' in page
    wrong = client.post("/signin/enrol/", {"code": "000000"})
    assert (wrong.status_code, "000000" in wrong.text) == (422, False)
    codes = client.post("/signin/enrol/", {"code": selectors.code_now(secret)}).content.decode()
    assert len(re.findall(r"<li>\w{5}-\w{5}</li>", codes)) == 10
    assert client.get("/me/sessions/").headers["Location"] == "/me/password/"
    assert client.post("/me/password/", {"new": "short", "again": "short"}).status_code == 422
    new = {"new": "Winter-snow-2026", "again": "Winter-snow-2026"}
    assert client.post("/me/password/", new).headers["Location"] == "/me/"
    assert client.get("/me/").status_code == 200


def test_parts_of_the_page_that_must_be_answered_first_do_not_load_it_again_and_again(client):
    doctor = make.make_staff(Role.BRANCH_DOCTOR, must_change_password=True)
    make.sign_in(client, doctor)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/me/password/"}
    assert client.get("/notices/", headers=headers).status_code == 204
    headers["HX-Current-URL"] = "http://testserver/notices/"
    assert client.get("/notices/", headers=headers).headers["HX-Redirect"] == "/me/password/"
    assert 'id="rail"' not in client.get("/me/password/").content.decode()


def test_several_posts_ask_which_and_none_says_so(client, doctor, secret):
    second = make.make_post(doctor, Role.TECHNOLOGIST, make.make_organisation())
    first(client, doctor, onward="/me/sessions/")
    assert (
        client.post("/signin/second/", {"code": selectors.code_now(secret)}).headers["Location"] == "/posts/"
    )
    assert client.get("/me/sessions/").headers["Location"] == "/posts/"
    assert client.post("/posts/", {"post": "nonsense"}, headers={"Accept": "text/html"}).status_code == 404
    assert client.post("/posts/", {"post": second.pk}).headers["Location"] == "/me/sessions/"
    for post in Post.objects.filter(staff=doctor):
        post.period = DateRange(date(2020, 1, 1), date(2021, 1, 1), "[)")
        post.save(update_fields=["period"])
    assert client.get("/me/sessions/").headers["Location"] == "/posts/"
    assert client.get("/posts/").status_code == 200


def test_idle_locks_reopens_with_the_password_and_keeps_what_was_typed(client, doctor):
    session = make.sign_in(client, doctor)
    StaffSession.objects.update(seen_at=clock.now() - IDLE - timedelta(seconds=1))
    typed = {"old": "secret-old", "reason": "胸痛三小时", "how": "in_person", "csrfmiddlewaretoken": "x"}

    answer = client.post("/me/sessions/others/end/", typed)

    assert answer.headers["Location"].startswith("/signin/")
    kept = KeptForm.objects.get()
    assert answer.headers["Location"] == f"/signin/?next=%2Fkept%2F{kept.pk}%2F"
    assert "胸痛".encode() not in bytes(kept.sealed)
    locked = client.get(answer.headers["Location"])
    assert (locked.status_code, "consortium/locked.html" in [one.name for one in locked.templates]) == (
        200,
        True,
    )
    assert client.get("/me/").status_code == 302
    assert client.post("/signin/", {"password": "wrong"}).status_code == 422
    assert client.post("/signin/", {"password": PASSWORD}).headers["Location"] == f"/kept/{kept.pk}/"
    page = client.get(f"/kept/{kept.pk}/").content.decode()
    told = page[: page.index("<footer")]
    assert ("胸痛三小时" in told, "in_person" in told, "secret-old" in page) == (True, False, False)
    sent = client.post("/me/sessions/others/end/", {"reason": "胸痛三小时", "kept_form": str(kept.pk)})
    assert sent.headers["Location"] == "/me/sessions/"
    assert bytes(KeptForm.objects.get().sealed) == b""
    assert StaffSession.objects.get().pk == session


def test_a_form_from_a_tab_forgotten_at_sign_out_is_kept_for_its_account_alone(client, doctor, secret):
    make.sign_in(client, doctor)
    client.post("/signout/")
    assert client.get("/signin/").context["kept"] is False
    door = client.post("/me/sessions/others/end/", {"reason": "胸痛三小时"}).headers["Location"]
    kept = KeptForm.objects.get()
    assert (kept.staff, client.get(door).context["kept"]) == (doctor, True)
    make.sign_in(client, make.make_staff(Role.BRANCH_DOCTOR))
    assert at(client, f"/kept/{kept.pk}/").status_code == 404
    make.sign_in(client, doctor)
    assert client.get(f"/kept/{kept.pk}/").status_code == 200
    assert client.post(f"/kept/{kept.pk}/drop/").status_code == 302
    assert at(client, f"/kept/{kept.pk}/").status_code == 404


def test_a_panel_of_a_page_never_gets_the_sign_in_page_inside(client, doctor):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/referrals/?tab=mine"}
    answer = client.get("/me/sessions/", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/signin/?next=%2Freferrals%2F")
    make.sign_in(client, doctor)
    StaffSession.objects.update(seen_at=clock.now() - IDLE * 2)
    answer = client.post("/me/sessions/others/end/", {"reason": "胸痛"}, headers=headers)
    kept = KeptForm.objects.get()
    assert answer.headers["HX-Redirect"] == f"/signin/?next=%2Fkept%2F{kept.pk}%2F"


@pytest.mark.parametrize(
    "change",
    [
        {"ended_at": clock.now(), "ending": "signed_out"},
        {"started_at": clock.now() - LONGEST - timedelta(minutes=1)},
    ],
)
def test_a_session_that_is_over_is_nobody(client, doctor, change):
    make.sign_in(client, doctor)
    assert client.get("/me/").status_code == 200
    StaffSession.objects.update(**change)
    assert client.get("/me/").headers["Location"] == "/signin/?next=/me/"


def test_a_closed_account_is_out_at_once(client, doctor):
    make.sign_in(client, doctor)
    services.close_account(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=doctor.pk)
    assert client.get("/me/").status_code == 302


def test_lock_and_sign_out(client, doctor):
    make.sign_in(client, doctor)
    assert client.post("/lock/", {"next": "/me/"}).headers["Location"] == "/signin/?next=%2Fme%2F"
    assert client.get("/me/").status_code == 302
    assert client.post("/signout/").headers["Location"] == "/signin/"
    assert StaffSession.objects.get().ending == "signed_out"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_the_way_on_is_one_of_ours(client, doctor, secret, target):
    first(client, doctor, onward=target)
    assert client.post("/signin/second/", {"code": selectors.code_now(secret)}).headers["Location"] == "/"


def test_the_demos_codes_are_nowhere_else(client, doctor, secret, settings):
    assert client.get("/signin/demo/").headers["Location"] == "/signin/"
    settings.DEMO = True
    first(client, doctor)
    page = client.get("/signin/demo/").content.decode()
    assert page.count(selectors.code_now(secret)) == 2
    assert client.get("/signin/demo/?role=cashier").status_code == 200


def test_who_acts_is_known_after_one_statement(client, doctor, django_assert_num_queries):
    session = make.sign_in(client, doctor)
    with django_assert_num_queries(1):
        known = selectors.signed_in(session)
    assert (known.actor.roles, known.actor.organisations) == (
        {Role.BRANCH_DOCTOR},
        {selectors.posts_of(doctor.pk)[0].organisation_id},
    )


def test_a_post_that_reaches_below_reaches_the_whole_branch_of_the_tree():
    top = make.make_organisation()
    middle = make.make_organisation(parent=top)
    village = make.make_organisation(parent=middle)
    reviewer = make.make_staff(Role.BRANCH_REVIEWER, top, below=True)
    places = {top.pk, middle.pk, village.pk}
    assert make.actor_of(reviewer).organisations == places
    assert selectors.signed_in(make.open_session(reviewer).pk).actor.organisations == places


def test_a_stranger_with_a_broken_cookie_is_a_stranger():
    browser = Client()
    browser.cookies["lianyi_session"] = "nonsense"
    assert browser.get("/me/").headers["Location"] == "/signin/?next=/me/"
