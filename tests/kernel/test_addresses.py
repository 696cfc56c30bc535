"""Only proxies of ours say where a request comes from; the consoles open only where they are meant to."""

import pytest
from django.test import Client, RequestFactory

from consortium.choices import Role
from kernel.models import Alarm, AuditEntry
from kernel.web.addresses import source_of, within
from tests.factories import consortium as make


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "source"),
    [
        ("192.0.2.7", "", [], "192.0.2.7"),
        ("192.0.2.7", "127.0.0.1", [], "192.0.2.7"),
        ("192.0.2.7", "127.0.0.1", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "127.0.0.1, 192.0.2.7", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "127.0.0.1, 192.0.2.7, 10.0.0.2", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "nonsense", ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", "", ["10.0.0.0/8"], "10.0.0.1"),
    ],
)
def test_only_the_word_of_our_own_proxies_counts(settings, peer, forwarded, trusted, source):
    settings.TRUSTED_PROXIES = trusted
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert source_of(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)) == source


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True), ("", True), ("::1", True), ("::ffff:127.0.0.1", True), ("192.0.2.1", False),
        ("nonsense", False),
    ],
)  # fmt: skip
def test_an_address_lies_within_a_network_or_not(address, inside):
    assert within(address, ["127.0.0.0/8", "::1"]) is inside


@pytest.fixture
def manager(db):
    person, browser = make.make_staff(Role.SYSTEM_MANAGER), Client()
    make.sign_in(browser, person)
    return person, browser


@pytest.mark.parametrize("path", ["/ops/", "/security/", "/audit/", "/audit/verify/"])
def test_a_console_opens_at_listed_addresses_alone(manager, path):
    person, browser = manager
    answer = browser.get(path, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    alarm = Alarm.objects.get(code="kernel.console_from_outside")
    assert (alarm.actor_id, alarm.address, alarm.detail) == (person.pk, "192.0.2.7", {"path": path})
    entry = AuditEntry.objects.get(action="access.refused")
    assert (entry.address, entry.detail["code"]) == ("192.0.2.7", "console_address")


def test_a_listed_address_opens_the_console(manager, settings):
    _person, browser = manager
    assert browser.get("/ops/").status_code == 200
    settings.CONSOLE_ADDRESSES = ["192.0.2.0/24"]
    assert browser.get("/ops/", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert browser.get("/ops/").status_code == 403
    assert browser.get("/notices/").status_code == 200


def test_a_forged_header_opens_no_console(manager):
    _person, browser = manager
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    assert browser.get("/ops/", REMOTE_ADDR="192.0.2.7", headers=forged).status_code == 403
    entry = AuditEntry.objects.get(action="access.refused")
    assert entry.address == "192.0.2.7"


def test_a_stranger_at_a_console_from_outside_alarms_too(db):
    assert Client(REMOTE_ADDR="192.0.2.8").get("/security/").status_code == 403
    assert Alarm.objects.get().level == 1
