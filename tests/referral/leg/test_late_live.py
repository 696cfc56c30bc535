"""A leg that is late, in the browser of the desk whose turn it is: a notice stands there by itself and leads to it."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from playwright.sync_api import expect

from consortium.choices import Role
from kernel import delivery
from referral import tasks
from referral.choices import Event, Status
from tests.factories.consortium import make_staff
from tests.live import DESK, PHONE, browser, live, opened
from tests.referral.leg.test_timers import overdue
from tests.referral.steps import at, cause

__all__ = ["browser", "live"]

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
SEES_THE_LINE = """
const Line = WebSocket;
window.WebSocket = class extends Line {
  constructor(...where) { super(...where); this.addEventListener("open", () => { window.lineIsOpen = true; }); }
};
"""


def apart(call):
    """In a thread of its own, as the worker is: a push needs a loop, and this thread runs the browser's."""

    def run():
        try:
            call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(60)


def strike():
    """The clock comes, and the worker tells what follows."""
    tasks.fire_due()
    delivery.drain()


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["office", "phone"])
def test_a_late_leg_rings_at_its_desk_and_is_on_the_board(live, browser, window):
    leg = cause(at(Status.DRAFT), Event.EMERGENCY_SEND)
    desk = make_staff(Role.COORDINATOR, leg.target)
    delivery.drain()
    context = opened(browser, live.url, desk, viewport=window)
    page = context.new_page()
    page.add_init_script(SEES_THE_LINE)
    page.goto(f"{live.url}/referrals/late/")
    line = page.locator(f"#late a[href='/referrals/{leg.pk}/']")
    expect(line).to_have_count(0)
    while not page.evaluate("window.lineIsOpen"):  # the page's policy forbids a predicate of our own
        page.wait_for_timeout(50)

    overdue(leg)
    apart(strike)

    notice = page.locator(".ly-toast", has_text=leg.number)
    expect(notice).to_be_visible()
    notice.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(f"/referrals/{leg.pk}/"))
    page.goto(f"{live.url}/referrals/late/")
    expect(line).to_have_count(1)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    context.close()
