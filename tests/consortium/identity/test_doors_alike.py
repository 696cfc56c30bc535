"""Nobody learns at the door which accounts exist: one answer, one price, for unknown, wrong, closed and locked."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium import services
from consortium.choices import LOCK, MAX_FAILURES, Role, UnlockReason
from consortium.hashers import RandomPasswordArgon2
from consortium.models import Staff, Throttle
from consortium.services import Outcome
from consortium.services.sessions import throttle
from kernel import clock
from kernel.actor import Actor, Kind
from kernel.errors import Invalid, Refused
from kernel.models import AuditEntry
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"


def stranger(address="192.0.2.7"):
    return Actor(kind=Kind.STAFF, name="unknown", address=address)


def knock(username, password="wrong", address="192.0.2.7"):  # noqa: S107  # no secret: it is wrong
    return services.check_password(by=stranger(address), username=username, password=password)


def known():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD).username


def closed():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD, is_active=False).username


def cheap():
    """An account whose one-time password still stands under the quick hash."""
    staff = make.make_staff(Role.BRANCH_DOCTOR)
    hasher = RandomPasswordArgon2()
    Staff.objects.filter(pk=staff.pk).update(password=hasher.encode(PASSWORD, hasher.salt()))
    return staff.username


def locked(username=""):
    username = username or known()
    for number in range(MAX_FAILURES):
        knock(username, address=f"198.51.100.{number}")
    return username


def unknown():
    return "nobody-here"


CASES = {
    "wrong": (known, "wrong"),
    "unknown": (unknown, "wrong"),
    "closed, wrong": (closed, "wrong"),
    "closed, right": (closed, PASSWORD),
    "locked, wrong": (locked, "wrong"),
    "locked, right": (locked, PASSWORD),
    "locked and unknown": (lambda: locked("nobody-there"), "wrong"),
    "one-time password, wrong": (cheap, "wrong"),
}


@pytest.fixture
def hashed(monkeypatch):
    """The full hashes computed: memory and passes of each."""
    counted = []
    encode, verify = hashers.Argon2PasswordHasher.encode, hashers.Argon2PasswordHasher.verify

    def encoding(self, password, salt):
        counted.append(self.memory_cost)
        return encode(self, password, salt)

    def verifying(self, password, encoded):
        counted.append(int(encoded.split("$")[3].split(",")[0].removeprefix("m=")))
        return verify(self, password, encoded)

    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", encoding)
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "verify", verifying)
    return counted


@pytest.mark.parametrize("case", CASES)
def test_each_refusal_costs_one_full_hash_and_the_same_statements(case, hashed):
    named, password = CASES[case]
    knock("warm-up", address="203.0.113.99")
    username = named()
    with CaptureQueriesContext(connection) as reference:
        knock("never-heard-of", address="203.0.113.1")
    hashed.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = knock(username, password, "203.0.113.2")
    full = [cost for cost in hashed if cost >= 19_456]
    assert (answer.outcome, answer.tries_left, answer.locked_until) == (Outcome.WRONG, None, None)
    assert (len(full), len(queries)) == (1, len(reference))


def test_the_page_is_the_same_to_the_letter():
    pages = set()
    for named, password in CASES.values():
        username = named()
        browser = Client(REMOTE_ADDR="203.0.113.7")
        Throttle.objects.filter(kind="source").delete()
        answer = browser.post("/signin/", {"username": username, "password": password})
        page = answer.content.decode().replace(username, "NAME")
        token = browser.cookies["csrftoken"].value
        assert token not in page
        pages.add((answer.status_code, _without_tokens(page)))
    assert len(pages) == 1
    assert next(iter(pages))[0] == 422


def _without_tokens(page):
    page = re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken&quot;:|"X-CSRFToken":)="?[^">]+', "", page)
    return re.sub(r'"X-CSRFToken":"\w+"|data-now="[^"]+"', "", page)


def test_knocking_at_a_locked_door_makes_the_lock_no_longer():
    username = locked()
    until = throttle.locked_until(account=username)
    for _ in range(3):
        knock(username, address="203.0.113.3")
    assert throttle.locked_until(account=username) == until


def test_a_lock_holds_for_its_thirty_minutes_however_old_the_first_failure_is():
    username = known()
    knock(username)
    Throttle.objects.update(since_at=clock.now() - timedelta(minutes=28))
    for number in range(MAX_FAILURES - 1):
        knock(username, address=f"198.51.100.{number}")
    Throttle.objects.update(since_at=clock.now() - timedelta(minutes=45))
    assert knock(username, PASSWORD, "203.0.113.4").outcome is Outcome.WRONG
    left = throttle.locked_until(account=username) - clock.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)


def test_failures_of_long_ago_are_forgotten():
    username = known()
    for number in range(MAX_FAILURES - 1):
        knock(username, address=f"198.51.100.{number}")
    Throttle.objects.update(since_at=clock.now() - LOCK * 1.01)
    knock(username, address="203.0.113.4")
    assert throttle.locked_until(account=username) is None


def test_the_system_manager_unlocks_at_once_with_a_reason_in_the_chain():
    keeper = make.make_actor(Role.SYSTEM_MANAGER)
    username = locked()
    staff = Staff.objects.get(username=username)
    with pytest.raises(Invalid):
        services.unlock(by=keeper, staff_id=staff.pk, reason="")
    with pytest.raises(Refused):
        services.unlock(
            by=make.make_actor(Role.SECURITY_MANAGER), staff_id=staff.pk, reason=UnlockReason.MISTYPED
        )
    services.unlock(by=keeper, staff_id=staff.pk, reason=UnlockReason.MISTYPED)
    assert knock(username, PASSWORD, "203.0.113.5").accepted
    entry = AuditEntry.objects.get(action="consortium.account_unlocked")
    assert (entry.actor_name, entry.subject_id, entry.detail) == (
        keeper.name,
        str(staff.pk),
        {"reason": "mistyped"},
    )


def test_who_has_shown_her_password_is_held_up_by_the_account_alone():
    staff = make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)
    for _ in range(MAX_FAILURES):
        services.check_code(by=stranger("203.0.113.9"), staff_id=staff.pk, code="000000")
    assert throttle.locked_until(account=staff.username) is not None
    assert throttle.locked_until(source="203.0.113.9") is None


def test_the_system_manager_unlocks_an_address(client):
    make.sign_in(client, make.make_staff(Role.SYSTEM_MANAGER))
    for number in range(MAX_FAILURES):
        knock(f"name-{number}", address="203.0.113.8")
    assert client.get("/ops/locks/").status_code == 200
    assert client.post("/ops/locks/", {"address": "nonsense", "reason": "mistyped"}).status_code == 422
    username = known()
    assert knock(username, PASSWORD, "203.0.113.8").outcome is Outcome.WRONG
    order = {"address": "203.0.113.8", "reason": "shared_address"}
    assert client.post("/ops/locks/", order).headers["Location"] == "/ops/locks/"
    assert knock(username, PASSWORD, "203.0.113.8").accepted
    assert AuditEntry.objects.get(action="consortium.source_unlocked").detail["address"] == "203.0.113.8"


def test_a_fresh_database_has_no_account_and_knows_no_default():
    assert Staff.objects.count() == 0
    for username in ("admin", "root", "administrator", "test", "lianyi", "system", "demo"):
        for password in (username, "admin", "123456", "password", f"{username}123", ""):
            assert knock(username, password, f"198.51.100.{len(username)}").outcome is Outcome.WRONG
