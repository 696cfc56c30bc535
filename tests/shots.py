"""`script/shots`: a picture of every page for every role at both sizes into var/shots/, from the demo county.

Uses the platform that runs (PORT), else starts one for its own time. `script/shots reader en dark` narrows to a
role and changes language or colours.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import django
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEMO", "1")
django.setup()

from django.conf import settings  # noqa: E402  # after Django is set up

from consortium.choices import Role  # noqa: E402  # after Django is set up
from consortium.selectors import code_now  # noqa: E402  # after Django is set up
from tests.walk import Stop, walk  # noqa: E402  # after Django is set up

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
START_SECONDS = 240


def answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/signin/", timeout=5) as answer:  # our own loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@contextmanager
def house() -> Iterator[str]:
    """The address of the running platform; started for this time when none runs."""
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    if answers(address):
        yield address
        return
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--demo"], cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL
    )
    try:
        for _second in range(START_SECONDS):
            if answers(address):
                break
            time.sleep(1)
        yield address
    finally:
        process.terminate()
        process.wait(15)


def people(wanted: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The first account of each role, in the order of the one list of roles."""
    file = Path(settings.DATA_DIR) / "demo" / "credentials.json"
    known = {row["role"]: row for row in reversed(json.loads(file.read_text())["staff"])}
    for role in wanted or list(Role):
        if role in known:
            yield role, known[role]


def sign_in(page: Page, address: str, person: dict[str, str]) -> None:
    """Both factors, as she types them; a code is valid once, so the next one is waited for when needed."""
    page.goto(f"{address}/signin/")
    page.fill("input[name=username]", person["username"])
    page.fill("input[name=password]", person["password"])
    page.click("main button[type=submit]")
    for _attempt in range(3):
        page.fill("input[name=code]", code_now(person["totp_secret"]))
        # The sixth digit sends the form by itself; a refused code brings the same page again.
        with suppress(PlaywrightError):
            page.wait_for_url(lambda url: "/signin/" not in url, timeout=15000)
            break
        page.wait_for_timeout(31000)
    if "/posts/" in page.url:
        page.locator("main button[type=submit]").first.click()


def window(browser: Browser, size: dict[str, int], options: Sequence[str], address: str) -> BrowserContext:
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    if "dark" in options:
        context.add_cookies([{"name": "lianyi_theme", "value": "dark", "url": address}])
    if "en" in options:
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": address}])
    return context


def picture(page: Page, folder: Path, stop: Stop, size: dict[str, int], mark: str) -> None:
    """The window as it is seen, and the whole page when it is longer; then the same on the phone."""
    name = f"{stop.name}{'' if stop.status < 400 else f'-{stop.status}'}{mark}"
    page.set_viewport_size(size)
    page.wait_for_timeout(250)
    page.screenshot(path=folder / f"{name}.png", full_page=size is PHONE)


def main(arguments: Sequence[str]) -> None:
    options = [word for word in arguments if word in ("en", "dark")]
    target = Path(settings.DATA_DIR) / "shots"
    with house() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for role, person in people([word for word in arguments if word not in options]):
            folder = target / "-".join([role, *options])
            folder.mkdir(parents=True, exist_ok=True)
            context = window(browser, DESK, options, address)
            page = context.new_page()
            sign_in(page, address, person)
            for stop in walk(page, address):
                for size, mark in ((DESK, "_d"), (PHONE, "_m")):
                    picture(page, folder, stop, size, mark)
                page.set_viewport_size(DESK)
            print(f"{role}: {len(list(folder.glob('*_d.png')))} pages in {folder}", flush=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
