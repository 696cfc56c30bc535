"""Two doctors on one PC: each comes back to her own page, neither sees, sends or keeps anything of the other's."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from consortium import selectors, services
from consortium.choices import LONGEST, Ending, Role
from consortium.models import KeptForm, StaffSession
from consortium.services.identity import factors
from kernel import clock
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"


@pytest.fixture
def pc():
    return Client(enforce_csrf_checks=True)


def person():
    staff = make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)
    secret = selectors.new_secret()
    factors.bind(staff, secret)
    return staff, secret


def token(pc, page="/me/password/"):
    return re.search(r'csrfmiddlewaretoken" value="(\w+)"', pc.get(page).content.decode())[1]


def send(pc, path, token, **fields):
    return pc.post(path, {**fields, "csrfmiddlewaretoken": token})


def sit_down(pc, staff, secret):
    mark = token(pc, "/signin/")
    first = send(pc, "/signin/", mark, username=staff.username, password=PASSWORD)
    if first.headers["Location"] == "/signin/second/":
        send(pc, "/signin/second/", mark, code=selectors.code_now(secret))


def who(pc):
    found = re.search(r'class="ly-mono">(staff\d+)<', pc.get("/me/").content.decode())
    return found and found[1]


def test_each_comes_back_to_her_own_page_with_her_password(pc):
    (one, one_secret), (other, other_secret) = person(), person()
    sit_down(pc, one, one_secret)
    send(pc, "/switch/", token(pc), next="/me/sessions/")
    assert pc.get("/me/").status_code == 302
    assert one.name in pc.get("/signin/").content.decode()
    sit_down(pc, other, other_secret)
    assert who(pc) == other.username
    send(pc, "/switch/", token(pc), next="/notices/")
    send(pc, f"/signin/back/{one.pk}/", token(pc, "/signin/"))
    locked = pc.get("/signin/").content.decode()
    assert (one.username in locked, other.username in locked) == (True, False)
    assert pc.get("/me/").status_code == 302
    wrong = send(pc, "/signin/", token(pc, "/signin/"), password="wrong")
    assert wrong.status_code == 422
    right = send(pc, "/signin/", token(pc, "/signin/"), password=PASSWORD)
    assert right.headers["Location"] == "/me/sessions/"
    assert who(pc) == one.username
    assert StaffSession.objects.filter(ended_at__isnull=True).count() == 2


def test_a_form_in_the_others_tab_is_refused_and_the_own_one_counts_again(pc):
    (one, one_secret), (other, other_secret) = person(), person()
    sit_down(pc, one, one_secret)
    hers = token(pc)
    send(pc, "/switch/", hers, next="/me/")
    sit_down(pc, other, other_secret)
    theirs = token(pc)
    assert send(pc, "/me/sessions/others/end/", hers).status_code == 403
    assert StaffSession.objects.filter(ended_at__isnull=True).count() == 2
    send(pc, "/switch/", theirs, next="/me/")
    send(pc, f"/signin/back/{one.pk}/", token(pc, "/signin/"))
    send(pc, "/signin/", hers, password=PASSWORD)
    assert who(pc) == one.username
    assert send(pc, "/me/sessions/others/end/", hers).status_code == 302
    assert send(pc, "/me/sessions/others/end/", theirs).status_code == 403


@pytest.mark.parametrize("way", ["twelve hours", "ended by a manager", "signed out"])
def test_a_form_in_her_own_other_tab_counts_after_she_signed_in_beside_it(pc, way):
    (one, secret), (other, other_secret) = person(), person()
    sit_down(pc, one, secret)
    typed = token(pc)
    if way == "twelve hours":
        StaffSession.objects.update(started_at=clock.now() - LONGEST - timedelta(minutes=1))
    elif way == "signed out":
        send(pc, "/signout/", typed)
    else:
        (session,) = StaffSession.objects.values_list("pk", flat=True)
        services.end_any_session(by=make.make_actor(Role.SECURITY_MANAGER), session_id=session)
    sit_down(pc, one, secret)
    sent = send(pc, "/kept/", typed, kept_path="/me/password/", note="胸痛三小时")
    assert (sent.status_code, KeptForm.objects.get().staff) == (200, one)
    send(pc, "/signout/", typed)
    sit_down(pc, other, other_secret)
    assert send(pc, "/me/sessions/others/end/", typed).status_code == 403


def test_what_stood_typed_is_kept_for_who_leaves_alone(pc):
    (one, one_secret), (other, other_secret) = person(), person()
    sit_down(pc, one, one_secret)
    mark = token(pc)
    address = send(
        pc, "/kept/", mark, kept_path="/me/password/", note="胸痛三小时", password="secret"
    ).content.decode()
    kept = KeptForm.objects.get()
    assert (kept.staff, kept.path, address) == (one, "/me/password/", f"/kept/{kept.pk}/")
    send(pc, "/switch/", mark, next=address)
    sit_down(pc, other, other_secret)
    assert pc.get(address).status_code == 404
    send(pc, "/switch/", token(pc), next="/")
    send(pc, f"/signin/back/{one.pk}/", token(pc, "/signin/"))
    back = send(pc, "/signin/", token(pc, "/signin/"), password=PASSWORD)
    page = pc.get(back.headers["Location"]).content.decode()
    assert ("胸痛三小时" in page, "secret" in page) == (True, False)


@pytest.mark.parametrize("path", ["", "https://elsewhere.example/x", "//elsewhere.example"])
def test_nothing_is_kept_for_another_site_or_for_nobody(client, path):
    staff, _secret = person()
    make.sign_in(client, staff)
    assert client.post("/kept/", {"kept_path": path, "note": "胸痛"}).status_code == 401
    assert Client().post("/kept/", {"kept_path": "/me/", "note": "胸痛"}).status_code == 401
    assert not KeptForm.objects.exists()


def test_who_signs_in_anew_where_she_waits_ends_the_waiting_session(pc):
    one, secret = person()
    sit_down(pc, one, secret)
    send(pc, "/switch/", token(pc), next="/me/")
    sit_down(pc, one, secret)
    assert sorted(StaffSession.objects.values_list("ending", flat=True)) == ["", Ending.REPLACED]
    assert who(pc) == one.username


def test_nobody_comes_back_who_never_waited_here_or_was_ended(pc):
    (one, secret), (stranger, _other) = person(), person()
    sit_down(pc, one, secret)
    assert send(pc, f"/signin/back/{stranger.pk}/", token(pc)).headers["Location"] == "/signin/"
    assert who(pc) == one.username
    send(pc, "/switch/", token(pc), next="/me/")
    services.end_any_session(
        by=make.make_actor(Role.SECURITY_MANAGER), session_id=StaffSession.objects.get(staff=one).pk
    )
    mark = token(pc, "/signin/")
    for each in (one, stranger):
        send(pc, f"/signin/back/{each.pk}/", mark)
        page = pc.get("/signin/").content.decode()
        assert 'name="username"' in page
    assert one.name not in page


def test_a_page_that_is_locked_says_so_to_its_own_script(client):
    staff, _secret = person()
    make.sign_in(client, staff)
    assert client.post("/here/").status_code == 204
    client.post("/lock/")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/me/"}
    assert client.get("/notices/", headers=headers).headers["X-Lianyi-Locked"] == "1"
    assert client.post("/here/").status_code == 302
    client.post("/signout/")
    assert "X-Lianyi-Locked" not in client.get("/notices/", headers=headers).headers
