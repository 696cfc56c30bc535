"""Limits count per key and window and never lock everybody out."""

import time

import pytest
from django.core.cache import cache
from django.test import Client

from consortium import services
from consortium.choices import Role
from kernel.actor import Actor, Kind
from kernel.errors import TooMany
from kernel.models import AuditEntry
from kernel.web import limits
from tests.factories import consortium as make
from tests.factories.kernel import make_actor


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch):
    cache.clear()
    monkeypatch.setattr(limits, "PACE", limits.Pace())


def test_up_to_the_limit_and_no_further():
    assert [limits.hit("signin:li", 3, 3600) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(TooMany) as refused:
        limits.hit("signin:li", 3, 3600)
    assert 0 < refused.value.detail["retry_after"] <= 3600
    assert limits.hit("signin:wang", 3, 3600) == 1


def test_a_new_window_counts_anew(monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000.0)
    assert limits.hit("k", 1, 60) == 1
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_060.0)
    assert limits.hit("k", 1, 60) == 1


def test_a_cache_that_does_not_answer_lets_people_work(settings, caplog):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    assert [limits.hit("k", 1, 60) for _ in range(3)] == [0, 0, 0]
    assert "the cache does not answer" in caplog.text


def within_one_minute():
    """The windows are those of the clock: what is counted must not fall into two of them."""
    left = 60 - time.time() % 60
    if left < 10:
        time.sleep(left)


def refusals():
    return list(AuditEntry.objects.filter(action="access.too_many").values_list("actor_name", "address"))


def test_a_flood_from_one_source_is_answered_429_and_recorded_once(db, settings):
    settings.RATE_SOURCE = 5
    within_one_minute()
    browser = Client(REMOTE_ADDR="192.0.2.9")
    answers = [browser.get("/signin/") for _number in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert refusals() == [("unknown", "192.0.2.9")]
    assert Client(REMOTE_ADDR="192.0.2.10").get("/signin/").status_code == 200


def test_an_account_that_asks_too_often_waits_wherever_it_sits(db, settings):
    settings.RATE_ACCOUNT = 4
    doctor, browser = make.make_staff(Role.BRANCH_DOCTOR), Client()
    make.sign_in(browser, doctor)
    within_one_minute()
    limits.PACE.counts.clear()
    cache.clear()
    answers = [
        browser.get("/notices/", REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(1, 7)
    ]
    assert answers == [200] * 4 + [429] * 2
    entry = AuditEntry.objects.get(action="access.too_many")
    assert (entry.actor_id, entry.session != "", entry.address) == (doctor.pk, True, "192.0.2.5")


def test_machines_from_one_source_are_counted_on_their_own_road(db, settings):
    settings.RATE_MACHINES = 3
    machine = Client(REMOTE_ADDR="192.0.2.9")
    answers = [machine.get("/fhir/metadata") for _number in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert answers[-1]["Retry-After"]
    assert machine.get("/signin/").status_code == 200


def test_a_client_is_counted_apart_from_others(settings, db):
    settings.RATE_CLIENT = 2
    one, other = make_actor(kind=Kind.CLIENT), make_actor(kind=Kind.CLIENT)
    limits.pace(one)
    limits.pace(one)
    with pytest.raises(TooMany):
        limits.pace(one)
    limits.pace(other)


def test_what_other_processes_counted_counts(db, settings):
    settings.RATE_CLIENT = 300  # told to the others in shares of 3
    by = make_actor(kind=Kind.CLIENT)
    here, there = limits.Pace(), limits.Pace()
    for pace in (here, there):
        for _number in range(150):
            pace.step(f"actor:{by.id}", 300)
    here.step(f"actor:{by.id}", 300)
    here.step(f"actor:{by.id}", 300)
    with pytest.raises(TooMany):
        here.step(f"actor:{by.id}", 300)


def test_a_client_that_asks_too_often_is_refused_at_fhir(db, settings):
    settings.RATE_CLIENT = 2
    made = services.register_client(
        by=Actor.system("test"),
        client_id="probe",
        name="probe",
        organisation_id=make.make_organisation().pk,
        scopes=["system/*.read"],
    )
    token = services.issue_token(by=make_actor(), client_id="probe", secret=made.secret).access_token
    machine = Client(headers={"Authorization": f"Bearer {token}"})
    assert [machine.get("/fhir/Patient").status_code for _number in range(3)] == [200, 200, 429]


def test_what_is_announced_too_long_is_refused_unread(db):
    """Ten bytes that say they are twenty megabytes: nobody waits for the rest, the form token is not looked for."""
    announced = {"content_type": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "20000000"}
    answer = Client().generic("POST", "/signin/", b"username=x", **announced)
    assert answer.status_code == 413
