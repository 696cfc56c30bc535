"""Passwords: what is taken, how long it lasts, what happens before and after."""

from datetime import timedelta
from itertools import pairwise

import pytest

from consortium import doors, selectors, services
from consortium.choices import PASSWORD_LASTS, PASSWORD_WARNS, Role
from consortium.models import KnownDevice, Staff
from consortium.services import Seat
from consortium.services.identity import factors, passwords
from kernel import clock
from kernel.actor import Actor, Kind
from kernel.errors import Invalid
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"
STRANGER = Actor(kind=Kind.STAFF, name="unknown", address="192.0.2.7")


@pytest.fixture
def doctor():
    return make.make_staff(
        Role.BRANCH_DOCTOR,
        password=PASSWORD,
        username="wanglihua",
        name="王丽华",
        pinyin="wang li hua",
        password_changed_at=clock.now(),
    )


def change(doctor, new, old=PASSWORD):
    actor = selectors.signed_in(make.open_session(doctor).pk).actor
    return services.change_password(by=actor, old=old, new=new)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("Sh0rt-pw!", "password_short"),
        ("onlysmallletters", "password_classes"),
        ("ONLYCAPITALS2026", "password_classes"),
        ("Wanglihua-2026", "password_name"),
        ("my-WangLiHua-99", "password_name"),
        ("王丽华-Aa1234567", "password_name"),
        ("Aa1Aa1Aa1Aa1", "password_repeats"),
        ("Password2026!", "password_common"),
        ("1q2w3e4r5t6Y", "password_common"),
        ("!!Qwerty12345", "password_common"),
        (PASSWORD, "password_used"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(doctor, new, code):
    with pytest.raises(Invalid) as refusal:
        change(doctor, new)
    assert refusal.value.code == code
    doctor.refresh_from_db()
    assert doctor.check_password(PASSWORD)


def test_the_last_five_are_not_used_again_and_the_sixth_is(doctor):
    words = [PASSWORD, *(f"Winter-snow-{number}-Ab" for number in range(1, passwords.REMEMBERED + 1))]
    for old, new in pairwise(words[:-1]):
        change(doctor, new, old)
    for used in words[:-1]:
        with pytest.raises(Invalid):
            change(doctor, used, words[-2])
    change(doctor, words[-1], words[-2])
    change(doctor, words[0], words[-1])


@pytest.mark.parametrize(
    "changed", [{"password_changed_at": -1}, {"created_at": -1, "password_changed_at": None}]
)
def test_after_ninety_days_nothing_comes_before_a_new_password(client, doctor, changed):
    old = clock.now() - PASSWORD_LASTS - timedelta(minutes=1)
    Staff.objects.filter(pk=doctor.pk).update(**{name: old if day else None for name, day in changed.items()})
    session = make.sign_in(client, doctor)
    assert selectors.signed_in(session).must_change_password
    assert client.get("/me/sessions/").headers["Location"] == "/me/password/"
    page = client.get("/me/password/").content.decode()
    assert 'name="old"' in page
    new = {"old": PASSWORD, "new": "Winter-snow-2026", "again": "Winter-snow-2026"}
    assert client.post("/me/password/", {**new, "old": "wrong"}).status_code == 422
    assert client.post("/me/password/", new).status_code == 302
    assert client.get("/me/sessions/").status_code == 200


def acting(person):
    """Whether a new password is due before anything else, and the roles that count until then."""
    found = doors.standing(make.open_session(person).pk, address="192.0.2.1")
    return found.must_change_password, found.actor.roles


def test_an_old_password_opens_no_post_at_all(doctor):
    assert acting(doctor) == (False, frozenset({Role.BRANCH_DOCTOR}))
    Staff.objects.filter(pk=doctor.pk).update(password_changed_at=clock.now() - PASSWORD_LASTS)
    assert acting(doctor) == (True, frozenset())


@pytest.mark.parametrize(
    ("left", "days"),
    [(PASSWORD_WARNS + timedelta(hours=1), 0), (timedelta(days=3, hours=1), 3), (timedelta(hours=1), 1)],
)
def test_seven_days_before_each_sign_in_says_so(client, doctor, left, days):
    Staff.objects.filter(pk=doctor.pk).update(password_changed_at=clock.now() - PASSWORD_LASTS + left)
    secret = selectors.new_secret()
    factors.bind(doctor, secret)
    client.post("/signin/", {"username": doctor.username, "password": PASSWORD})
    client.post("/signin/second/", {"code": selectors.code_now(secret)})
    page = client.get("/me/", headers={"Accept-Language": "en"}).content.decode()
    assert selectors.password_days_left(doctor.pk) == days
    assert ("good for" in page or "还有" in page) == bool(days)


def test_a_one_time_password_forgets_known_devices_and_must_be_changed(doctor):
    secret, seat = selectors.new_secret(), Seat(device="her-browser")
    factors.bind(doctor, secret)
    services.check_code(by=STRANGER, staff_id=doctor.pk, code=selectors.code_now(secret), seat=seat)
    made = services.reset_password(by=make.make_actor(Role.SYSTEM_MANAGER), staff_id=doctor.pk)
    assert not KnownDevice.objects.exists()
    answer = services.check_password(by=STRANGER, username=doctor.username, password=made.password, seat=seat)
    assert (answer.accepted, answer.session) == (True, None)
    assert acting(doctor) == (True, frozenset())
