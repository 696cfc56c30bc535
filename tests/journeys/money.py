"""The money of the main job: her bill at the hospital's desk, the shift, the day against the insurance centre."""

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from consortium.choices import Role
from kernel import clock
from tests.journeys.story import (
    Story,
    choose,
    fill,
    press,
)


def settle_and_close_shift(story: Story) -> None:
    """The cashier settles with the 低保 identity through the insurance centre, is paid, closes her shift."""
    page = story.at("cashier", Role.CASHIER, "总院")
    story.go(page, f"/patients/{story.patient.pk}/?tab=coverage")
    press(page, re.compile("新建住院账单"))
    page.wait_for_url("**/insurance/visits/**")
    for code, quantity in (("PACER", "1"), ("BEDDAY", "3"), ("ATROP", "2")):
        fill(page, item_code=code, quantity=quantity)
        press(page, re.compile("添加"))
    expect(page.locator("main")).to_contain_text("低保", timeout=20_000)
    wait_until_answered(page)
    press(page, re.compile("结算 ¥"))
    wait_until_answered(page)
    expect(page.locator("main")).to_contain_text("医疗救助支出", timeout=60_000)
    helped = page.locator("tr", has_text="医疗救助支出").locator("td").inner_text()
    assert Decimal(helped.replace(",", "")) > 0, "the 低保 identity counts"
    choose(page, "method", "cash")
    press(page, re.compile("^收 "))
    expect(page.locator("main")).to_contain_text("已结清")
    story.go(page, "/insurance/shift/")
    cash = page.locator("tfoot .ly-num").first.inner_text().replace(",", "")
    fill(page, counted_cash=cash, counted_mobile="0")
    press(page, re.compile("关班"))
    expect(page.locator("main")).to_contain_text("实点")
    expect(page.locator(".is-diff")).to_have_count(0)


def wait_until_answered(page: Page) -> None:
    """Until the centre has answered and the page says so."""
    for _attempt in range(60):
        page.reload()
        if not page.locator("[role=status][hx-get]").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.inner_text("main"))


def reconcile(story: Story) -> None:
    """The insurance clerk runs the day: a planted difference shows as a case."""
    (settled,) = story.house.centre.settlements()
    story.house.centre.control("plant", kind="amount", setl_id=settled["setl_id"], cents=100)
    page = story.at("clerk", Role.INSURANCE_CLERK, "总院")
    today = f"/insurance/days/{clock.today():%Y-%m-%d}/"
    story.go(page, today)
    press(page, re.compile("与中心对账"))
    for _attempt in range(60):
        story.go(page, today)
        if page.get_by_text("金额不符").count():
            break
        page.wait_for_timeout(500)
    expect(page.locator("main")).to_contain_text("金额不符")
    expect(page.locator("main")).to_contain_text("−1.00")
