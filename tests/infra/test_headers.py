"""Every kind of answer bears the headers that keep a browser in bounds, and none says what we run on."""

import json
import os
import subprocess
import sys

import pytest
from csp.constants import NONE
from django.conf import settings
from django.test import Client

from consortium.choices import Role
from consortium.views import me
from kernel.web.headers import PERMISSIONS
from tests.factories import consortium as make

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
}
ROUTES = {
    "a page of a stranger": ("/signin/", 200),
    "a page": ("/notices/", 200),
    "a page that is not there": ("/nothing/", 404),
    "a refusal": ("/ops/", 403),
    "a way on": ("/me", 301),
    "FHIR": ("/fhir/metadata", 200),
    "FHIR refused": ("/fhir/Patient", 401),
    "DICOMweb": ("/dicomweb/studies", 401),
    "the workflow API": ("/api/v1/patients/", 401),
    "health": ("/healthz", None),
    "a static file": ("/static/consortium/mark.svg", 200),
    "a machine's address that is not there": ("/fhir/Nothing/x/y/z", None),
}
INLINE = ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:", "https:")


@pytest.fixture
def browser(db):
    here = Client()
    make.sign_in(here, make.make_staff(Role.BRANCH_DOCTOR))
    return here


@pytest.mark.parametrize("kind", ROUTES)
def test_every_kind_of_answer_bears_the_headers(browser, kind):
    path, status = ROUTES[kind]
    who = Client() if status == 401 or path == "/signin/" else browser
    answer = who.get(path)
    answer.close()
    assert status in (None, answer.status_code)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers)
    policy = answer.headers.get("Content-Security-Policy", "")
    assert ("default-src 'none'" in policy) is (kind != "a static file")
    assert [word for word in policy.replace(";", " ").split() if word.strip("'") in INLINE] == []


def test_a_crash_bears_them_too(browser, monkeypatch):
    def crash(*_args, **_more):
        raise RuntimeError("the disk fell out")

    monkeypatch.setattr(me.selectors, "notices", crash)
    browser.raise_request_exception = False
    answer = browser.get("/notices/")
    assert (answer.status_code, "the disk fell out" in answer.content.decode()) == (500, False)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "Content-Security-Policy" in answer.headers


def test_data_and_files_run_nothing_wherever_they_are_opened(browser):
    for path in ("/fhir/metadata", "/dicomweb/studies"):
        assert browser.get(path).headers["Content-Security-Policy"].endswith("; sandbox")


def test_the_policy_of_pages_names_no_other_house(settings):
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert rules["default-src"] == [NONE]
    assert rules["frame-ancestors"] == [NONE]
    assert rules["base-uri"] == [NONE]
    assert {word for words in rules.values() for word in words} <= {NONE, "'self'", "data:", "blob:"}
    assert rules["script-src"] == ["'self'"]


def test_behind_https_a_browser_never_comes_back_without_it(settings, db):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 31536000, True
    answer = Client().get("/signin/", secure=True)
    assert answer.headers.get("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"
    machine = Client().get("/fhir/metadata", secure=True)
    assert machine.headers.get("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"
    plain = Client().get("/signin/")
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/signin/")


SECURE = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT")


def test_with_https_no_cookie_goes_out_without_it(tmp_path):
    """The settings of a process that is told HTTPS=1, read in that process."""
    asked = f"import json, config.settings as s; print(json.dumps([getattr(s, n) for n in {SECURE}]))"
    told = {**os.environ, "HTTPS": "1", "LIANYI_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", asked], env=told, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == [True] * len(SECURE)


def test_production_settings_follow_from_https():
    """HTTPS=1 turns on all of it; the embedded house on loopback has it off."""
    assert settings.SESSION_COOKIE_HTTPONLY is settings.CSRF_COOKIE_HTTPONLY is True
    assert settings.SESSION_COOKIE_SECURE is settings.CSRF_COOKIE_SECURE is settings.HTTPS
    assert bool(settings.SECURE_HSTS_SECONDS) is bool(settings.HTTPS)
