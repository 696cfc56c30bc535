"""The triage board in a browser: keys press its buttons, nothing moves under the cursor, pages hear at once."""

import re
from threading import Thread

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from consortium.choices import OrganisationKind, Role
from kernel import delivery
from referral.choices import Event, Status
from tests.factories.consortium import make_organisation, make_staff
from tests.live import PHONE, Live, opened
from tests.referral.steps import at, cause

pytestmark = pytest.mark.journey


def board(browser: Browser, live: Live, **window) -> Page:
    head = make_organisation(kind=OrganisationKind.HEAD_HOSPITAL)
    page = opened(browser, live.url, make_staff(Role.COORDINATOR, head), **window).new_page()
    page.goto(f"{live.url}/referrals/triage/")
    return page


def deliver() -> None:
    """What the worker does, in a thread of its own: the browser's loop runs in this one."""

    def run() -> None:
        delivery.drain()
        connections.close_all()

    worker = Thread(target=run)
    worker.start()
    worker.join()


def pane_of(page: Page, leg) -> None:
    expect(page.locator(f'#pane[data-leg="{leg.pk}"]')).to_be_visible()


@pytest.fixture(autouse=True)
def nobody_waits(live: Live):
    """Legs of the test before are out of the way."""
    from referral.models import Referral  # lazy: after the database of the module stands

    Referral.objects.filter(status=Status.SUBMITTED).update(status=Status.EXPIRED, due_at=None)


def test_keys_choose_answer_and_move_on(live: Live, browser: Browser):
    legs = [at(Status.SUBMITTED) for _ in range(3)]
    page = board(browser, live)
    pane_of(page, legs[0])
    page.keyboard.press("j")
    pane_of(page, legs[1])
    page.keyboard.press("x")
    expect(page.locator("#d-reject")).to_be_visible()
    page.locator("#d-reject select[name=code]").select_option("R01")
    page.locator("#d-reject input[name=text]").fill("全院无床")
    page.locator("#d-reject input[name=instead]").fill("三天后再联系")
    page.locator("#d-reject button[type=submit]").click()
    pane_of(page, legs[2])
    legs[1].refresh_from_db()
    assert legs[1].status == Status.REJECTED
    assert legs[1].number in page.locator(".ly-said").inner_text()


def test_what_is_new_waits_on_top_and_what_is_dealt_with_stays_where_it_was(live: Live, browser: Browser):
    legs = [at(Status.SUBMITTED) for _ in range(3)]
    page = board(browser, live)
    pane_of(page, legs[0])
    page.keyboard.press("j")
    pane_of(page, legs[1])
    place = page.locator(f"#r-{legs[1].pk}").bounding_box()
    cause(legs[0], Event.WITHDRAW)
    fresh = at(Status.SUBMITTED)
    deliver()
    expect(page.locator("#fresh")).to_have_text("有 1 条新的，点此显示")
    expect(page.locator(f"#r-{legs[0].pk}")).to_have_class("is-gone")
    assert page.locator(f"#r-{fresh.pk}").count() == 0
    moved = page.locator(f"#r-{legs[1].pk}").bounding_box()
    line = page.locator("#fresh").bounding_box()
    boxes = [place, moved, line]
    assert None not in boxes
    assert abs(moved["y"] - place["y"]) <= line["height"] + 1
    page.locator("#fresh button").click()
    expect(page.locator(f"#r-{fresh.pk}")).to_be_visible()
    expect(page.locator(f"#r-{legs[0].pk}")).to_have_count(0)
    pane_of(page, legs[1])


def test_a_colleague_is_seen_at_her_row_and_what_is_typed_survives_her_answer(live: Live, browser: Browser):
    leg = at(Status.SUBMITTED)
    mine, hers = board(browser, live), board(browser, live)
    pane_of(hers, leg)
    expect(mine.locator(f"#r-{leg.pk} .ly-looked")).to_be_visible()
    pane_of(mine, leg)
    mine.locator("#pane summary").first.click()
    mine.locator("#pane input[name=words]").fill("请空腹来")
    hers.locator("#department").select_option(index=1)
    hers.keyboard.press("Escape")
    hers.keyboard.press("a")
    hers.wait_for_url("**row=**")
    deliver()
    expect(mine.locator("#moved")).to_be_visible()
    assert mine.locator("#pane input[name=words]").input_value() == "请空腹来"


def test_on_the_phone_a_row_opens_its_page(live: Live, browser: Browser):
    leg = at(Status.SUBMITTED)
    page = board(browser, live, viewport=PHONE)
    page.locator(f"#r-{leg.pk} a.ly-what").click()
    page.wait_for_url(f"**/referrals/{leg.pk}/")


def test_the_senders_page_moves_by_itself(live: Live, browser: Browser):
    leg = at(Status.SUBMITTED)
    doctor = make_staff(Role.BRANCH_DOCTOR, leg.source)
    type(leg).objects.filter(pk=leg.pk).update(doctor=doctor)
    page = opened(browser, live.url, doctor).new_page()
    page.goto(f"{live.url}/referrals/{leg.pk}/")
    expect(page.locator("#leg")).to_have_attribute("data-version", re.compile(rf"^{leg.version} "))
    leg.refresh_from_db()
    cause(leg, Event.REQUEST_INFO)
    deliver()
    expect(page.locator("#leg")).to_have_attribute("data-version", re.compile(rf"^{leg.version} "))
    expect(page.locator("#leg")).to_contain_text("请把对方要的补上")
