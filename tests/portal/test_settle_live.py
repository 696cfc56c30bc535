"""The page behind the sign-in takes no press in its first moments: a second press accepts nobody."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from consortium.engine import totp
from consortium.models import Staff
from referral.models import Referral
from tests.factories.emr import make_patient
from tests.factories.referral import make_county, make_submitted
from tests.live import DESK, PASSWORD, Live, browser, enrolled, live, opened

__all__ = ["browser", "live"]

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]


LONGER = """addEventListener("DOMContentLoaded", () => {
  document.documentElement.style.setProperty("--ly-calm", "30s");
});"""
"""The same moments, made longer: beside other tests three presses take more than a second."""


@dataclass(frozen=True)
class Door:
    """A coordinator with an authenticator, and a leg whose answer stands on the page behind the sign-in."""

    leg: Referral
    staff: Staff
    secret: str

    @property
    def board(self) -> str:
        return f"/referrals/triage/?row={self.leg.pk}"

    def status(self) -> str:
        return Referral.objects.get(pk=self.leg.pk).status


@pytest.fixture
def door(live: Live) -> Door:
    county = make_county()
    leg = make_submitted(county)
    leg.department = county.ward
    leg.save(update_fields=["department"])
    make_patient(organisation=county.branch)
    staff = Staff.objects.get(pk=county.coordinator.id)
    return Door(leg, staff, enrolled(staff))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    yield context.new_page()
    context.close()


def where_accept_stands(browser: Browser, live: Live, door: Door) -> tuple[float, float]:
    """The middle of the button that accepts, on the same page at the same size."""
    with opened(browser, live.url, door.staff) as context:
        board = context.new_page()
        board.goto(live.url + door.board)
        box = board.locator("#pane .ly-answers .btn-primary").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def come_in(page: Page, live: Live, door: Door) -> None:
    """Both factors, until the page behind the door has begun to show."""
    page.goto(f"{live.url}/signin/?next={quote(door.board)}")
    page.fill("input[name=username]", door.staff.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", totp.code_at(door.secret, time.time()))
    page.wait_for_url("**/referrals/triage/**", wait_until="domcontentloaded")


def test_presses_that_were_meant_for_the_sign_in_accept_nobody(live, browser, page, door):
    at = where_accept_stands(browser, live, door)
    page.add_init_script(LONGER)

    come_in(page, live, door)
    expect(page.locator("#main")).to_be_focused()
    for _press in range(3):
        page.mouse.click(*at)
        page.keyboard.press("Enter")
        page.keyboard.press("a")

    expect(page.locator("#pane .ly-answers .btn-primary")).to_be_visible()
    assert door.status() == "submitted"
    assert page.url.endswith(door.board)


def test_a_press_after_the_first_moments_counts(live, page, door):
    come_in(page, live, door)
    expect(page.locator("#main")).to_be_focused()

    page.locator("#pane .ly-answers .btn-primary").click()

    expect(page.locator(".ly-said")).to_contain_text("床位已留")
    assert door.status() == "scheduled"
