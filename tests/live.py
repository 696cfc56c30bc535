"""The running house for tests that need a real browser: web process, database with real commits, Chromium.

Use: `from tests.live import browser, live, sign_in_as  # noqa: F401  # fixtures` in a conftest.py.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from asgiref.local import Local
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from config.local import addresses
from config.local.places import ROOT
from consortium.engine import totp
from consortium.models import Staff
from consortium.services.identity import factors
from tests import databases
from tests.factories.consortium import SESSION_KEY, make_staff, open_session
from tests.plugin import WORKER

__all__ = ["browser", "live", "sign_in_as"]

PASSWORD = "Willow-Creek-2026"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
ME = ".ly-menu:has(.ly-menu-head) > summary"
"""What opens the menu under one's own name: a post with many entries has another menu in the rail."""

# Milliseconds, for a machine that does other work too; what is there already costs none of them.
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Live:
    """The house as it runs for one module of tests: its address and its database."""

    url: str
    database: str


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(900):
        if process.poll() is not None:
            raise RuntimeError("the web process ended at once")
        try:
            with urlopen(f"{url}/signin/", timeout=2):  # our own loopback
                return
        except HTTPError as broken:
            raise RuntimeError(f"the sign-in page answers {broken.code}") from broken
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web process does not answer")


def _use(name: str) -> str:
    """Let this process's connections open the database `name`; returns the former name.

    A browser's loop gives the same thread connections of another context, which nobody else can close: so the
    connections are forgotten, not only closed.
    """
    former = ""
    for alias in connections:
        connections[alias].close()
        former = connections[alias].settings_dict["NAME"]
        connections.settings[alias]["NAME"] = name
    connections._connections = Local(connections.thread_critical)
    return former


@pytest.fixture(scope="module")
def live(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Live]:
    """A web process of its own on a fresh clone, with /ws/; tests of the module share it and really commit."""
    name, port = f"lianyi_{WORKER}_{uuid4().hex[:8]}", _free_port()
    databases.clone(name)
    # A fuzzer asks more often than a person may; the limit has tests of its own.
    environment = (
        os.environ | addresses.database_variables(databases.places(), name) | {"RATE_ACCOUNT": "120000"}
    )
    command = [sys.executable, "-m", "config.local.web", "127.0.0.1", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    with django_db_blocker.unblock():
        former = _use(name)
        try:
            _wait_until_up(url, process)
            yield Live(url, name)
        finally:
            process.terminate()
            process.wait(60)
            _use(former)
            databases.drop(name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium.

    While its loop runs, this thread sees other connections than before and after it. So each side closes its own: what
    stays open is found by the collector in the middle of some later test, which then fails for it.
    """
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's own loop runs in this thread; the tests' queries beside it are ordinary blocking ones.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        connections.close_all()
        chromium.close()


def enrolled(staff: Staff) -> str:
    """Gives somebody a password and an authenticator; returns the authenticator's secret."""
    staff.set_password(PASSWORD)
    staff.save(update_fields=["password"])
    secret = totp.new_secret()
    factors.bind(staff, secret, step=0)
    return secret


def sign_in(page: Page, url: str, username: str, password: str, secret: str) -> None:
    """Both factors, as a person types them."""
    page.goto(f"{url}/signin/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_selector("input[name=code]")
    page.wait_for_load_state()  # the page's own script listens: the sixth digit sends the form
    page.fill("input[name=code]", totp.code_at(secret, time.time()))
    page.wait_for_selector(".ly-rail")


def opened(browser: Browser, url: str, staff: Staff, role: str = "", **window: Any) -> BrowserContext:
    """A window in which somebody is signed in already (no factor asked): for looking at many pages."""
    session = open_session(staff, role or None)
    store = SessionStore()
    store[SESSION_KEY] = str(session.pk)
    store.create()
    context = browser.new_context(**{"viewport": DESK, "locale": "zh-CN", **window})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": str(store.session_key), "url": url}])
    return context


SignInAs = Callable[..., Page]


@pytest.fixture
def sign_in_as(live: Live, browser: Browser) -> Iterator[SignInAs]:
    """`sign_in_as(role, **fields of make_staff)` → a page in a browser window of her own, past both factors.

    `staff=` signs in somebody who is there already; `phone=True` gives the phone's window.
    """
    windows: list[BrowserContext] = []

    def enter(role: str = "", *, staff: Staff | None = None, phone: bool = False, **fields: object) -> Page:
        person = staff or make_staff(role, **fields)
        secret = enrolled(person)
        window = browser.new_context(
            viewport=PHONE if phone else DESK, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        windows.append(window)
        page = window.new_page()
        sign_in(page, live.url, person.username, PASSWORD, secret)
        return page

    yield enter
    for window in windows:
        window.close()
