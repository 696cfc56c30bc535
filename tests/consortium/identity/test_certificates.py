"""USB keys: a certificate counts when a gateway of ours has seen it, and only for the person it was bound to."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from config import env
from consortium import selectors, services
from consortium.choices import Factor, Role
from consortium.engine import certificates
from consortium.models import Certificate, StaffSession
from consortium.services.identity import factors
from kernel import clock
from kernel.errors import Conflict, Invalid, Refused
from kernel.models import Alarm
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
PASSWORD = "Summer-rain-2026"
GATEWAY = "127.0.0.2"


def made(folder: Path, *, algorithm="SM2", days=30, name="zhang") -> str:
    """A self-signed certificate as a USB key would hold it, by the machine's OpenSSL."""
    key, pem = folder / f"{name}.key", folder / f"{name}.pem"
    curve = "SM2" if algorithm == "SM2" else "prime256v1"
    digest = "-sm3" if algorithm == "SM2" else "-sha256"
    for order in (
        ["ecparam", "-name", curve, "-genkey", "-noout", "-out", str(key)],
        [
            "req",
            "-x509",
            "-key",
            str(key),
            digest,
            "-days",
            str(days),
            "-subj",
            f"/CN={name}",
            "-out",
            str(pem),
        ],
    ):
        subprocess.run(["openssl", *order], check=True, capture_output=True)
    return pem.read_text()


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return made(tmp_path_factory.mktemp("key"))


@pytest.fixture
def doctor():
    return make.make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)


@pytest.fixture
def secret(doctor):
    found = selectors.new_secret()
    factors.bind(doctor, found)
    return found


@pytest.fixture
def bound(doctor, pem):
    return services.bind_certificate(by=make.make_actor(Role.SECURITY_MANAGER), staff_id=doctor.pk, pem=pem)


def gateway(settings, pem, address=GATEWAY, verified="SUCCESS"):
    """A browser behind the gateway, its key plugged in."""
    settings.CLIENT_CERT_GATEWAYS = [GATEWAY]
    return Client(REMOTE_ADDR=address, HTTP_X_CLIENT_CERT=quote(pem), HTTP_X_CLIENT_VERIFY=verified)


def first(browser, doctor):
    return browser.post("/signin/", {"username": doctor.username, "password": PASSWORD}).headers["Location"]


def test_password_and_key_are_two_factors(settings, doctor, secret, bound, pem):
    assert first(gateway(settings, pem), doctor) == "/"
    opened = StaffSession.objects.get()
    assert (opened.factor, opened.proved_at is None) == (Factor.CERTIFICATE, False)


def test_the_key_alone_opens_nothing(settings, doctor, secret, bound, pem):
    browser = gateway(settings, pem)
    assert browser.get("/me/").status_code == 302
    assert browser.post("/signin/", {"username": doctor.username, "password": "wrong"}).status_code == 422
    assert not StaffSession.objects.exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "203.0.113.9", "127.0.0.3", "::1"])
def test_the_header_of_anybody_else_is_not_read_and_raises_an_alarm(
    settings, doctor, secret, bound, pem, address
):
    browser = gateway(settings, pem, address)
    assert first(browser, doctor) == "/signin/second/"
    browser.get("/signin/", headers={"X-Forwarded-For": GATEWAY})
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.level, alarm.address) == ("consortium.certificate_spoofed", 3, address)


def test_without_a_listed_gateway_no_header_counts(settings, doctor, secret, bound, pem):
    browser = gateway(settings, pem)
    settings.CLIENT_CERT_GATEWAYS = []
    assert first(browser, doctor) == "/signin/second/"
    assert Alarm.objects.exists()


@pytest.mark.parametrize("listed", ["203.0.113.9", "10.9.8.7"])
def test_a_gateway_on_another_machine_is_not_believed_even_where_it_is_listed(
    settings, doctor, secret, bound, pem, listed
):
    browser = gateway(settings, pem, listed)
    settings.CLIENT_CERT_GATEWAYS = [listed]
    assert first(browser, doctor) == "/signin/second/"


@pytest.mark.parametrize(
    "listed", ["10.9.8.7", "127.0.0.1,203.0.113.9", "127.0.0.0/8", "gateway.example", "::"]
)
def test_the_start_refuses_a_gateway_that_is_not_of_this_machine(monkeypatch, listed):
    monkeypatch.setenv("CLIENT_CERT_GATEWAYS", listed)
    with pytest.raises(env.Unreadable) as refused:
        env.loopbacks("CLIENT_CERT_GATEWAYS")
    assert str(refused.value).partition(": ")[2].startswith("list addresses of this machine alone")


def test_both_loopback_addresses_may_be_listed(monkeypatch):
    monkeypatch.setenv("CLIENT_CERT_GATEWAYS", "127.0.0.1, ::1")
    assert env.loopbacks("CLIENT_CERT_GATEWAYS") == ["127.0.0.1", "::1"]


@pytest.mark.parametrize("verified", ["NONE", "FAILED:certificate has expired", "", "success"])
def test_a_certificate_the_gateway_did_not_verify_counts_nothing(
    settings, doctor, secret, bound, pem, verified
):
    assert first(gateway(settings, pem, verified=verified), doctor) == "/signin/second/"


def test_somebody_elses_key_a_revoked_and_an_expired_one_count_nothing(settings, doctor, secret, bound, pem):
    other = make.make_staff(Role.TECHNOLOGIST, password=PASSWORD)
    factors.bind(other, selectors.new_secret())
    browser = gateway(settings, pem)
    assert first(browser, other) == "/signin/second/"
    Certificate.objects.update(not_after=clock.now() - timedelta(seconds=1))
    assert first(gateway(settings, pem), doctor) == "/signin/second/"
    Certificate.objects.update(not_after=clock.now() + timedelta(days=1))
    services.revoke_certificate(by=make.make_actor(Role.SYSTEM_MANAGER), certificate_id=bound.pk)
    assert first(gateway(settings, pem), doctor) == "/signin/second/"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "A" * 9000]
)
def test_what_is_no_certificate_reads_as_none(settings, doctor, secret, text):
    assert certificates.read(text) is None
    assert first(gateway(settings, text), doctor) == "/signin/second/"


def test_the_key_takes_the_place_of_the_code_at_a_step_up(settings, doctor, secret, bound, pem):
    browser = gateway(settings, pem)
    first(browser, doctor)
    StaffSession.objects.update(proved_at=None)
    assert 'name="code"' not in browser.get("/signin/again/").content.decode()
    assert browser.post("/signin/again/", {"password": "wrong"}).status_code == 422
    assert browser.post("/signin/again/", {"password": PASSWORD, "next": "/me/"}).status_code == 302
    assert StaffSession.objects.get().proved_at is not None


def test_two_managers_bind_a_key(client, doctor, pem):
    keeper, guard = make.make_staff(Role.SYSTEM_MANAGER), make.make_staff(Role.SECURITY_MANAGER)
    page = f"/ops/accounts/{doctor.pk}/certificate/"
    make.sign_in(client, keeper)
    assert client.get(page).status_code == 200
    assert client.post(page, {"certificate": "nonsense", "reason": "new key"}).status_code == 422
    assert client.post(page, {"certificate": pem, "reason": "new key"}).headers["Location"] == page
    assert not Certificate.objects.exists()
    change = selectors.changes(by=make.actor_of(guard))[0][0].change
    with pytest.raises(Refused):
        services.bind_certificate(by=make.actor_of(keeper), staff_id=doctor.pk, pem=pem)
    services.approve(by=make.actor_of(guard), change_id=change.pk, version=change.version)
    assert Certificate.objects.get().staff == doctor
    assert "CN=zhang" in client.get(page).content.decode()
    again = client.post(page, {"certificate": pem, "reason": "again"})
    assert again.status_code == 409
    answer = client.post(f"/certificates/{Certificate.objects.get().pk}/revoke/")
    assert answer.headers["Location"] == page
    assert Certificate.objects.get().revoked_at is not None


def test_a_certificate_of_another_kind_or_of_another_day_is_not_bound(doctor, tmp_path, pem, monkeypatch):
    guard = make.make_actor(Role.SECURITY_MANAGER)
    with pytest.raises(Invalid):
        services.bind_certificate(by=guard, staff_id=doctor.pk, pem=made(tmp_path, algorithm="P-256"))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    with pytest.raises(Invalid):
        services.bind_certificate(by=guard, staff_id=doctor.pk, pem=pem)


def test_a_key_belongs_to_one_person_and_nobody_binds_her_own(doctor, bound, pem):
    guard = make.make_staff(Role.SECURITY_MANAGER)
    with pytest.raises(Conflict):
        services.bind_certificate(by=make.actor_of(guard), staff_id=make.make_staff(Role.CASHIER).pk, pem=pem)
    with pytest.raises(Refused):
        services.bind_certificate(by=make.actor_of(guard), staff_id=guard.pk, pem=pem)


def test_the_owner_sees_her_key(client, doctor, bound):
    make.sign_in(client, doctor)
    assert re.search(bound.serial, client.get("/me/").content.decode())
