"""The page locks by itself, and two doctors share one PC: driven by the browser's own clock."""

import pytest
from playwright.sync_api import Browser, Page, expect

from consortium.choices import Role
from consortium.models import KeptForm, Staff, StaffSession
from tests.factories.consortium import make_staff
from tests.live import DESK, ME, PASSWORD, Live, enrolled, sign_in

pytestmark = pytest.mark.journey


def seated(live: Live, browser: Browser) -> tuple[Page, Staff]:
    """A doctor signed in at a PC whose clock the test turns."""
    person = make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)
    page = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    page.clock.install()
    sign_in(page, live.url, person.username, PASSWORD, enrolled(person))
    return page, person


def locked(person: Staff) -> bool:
    return StaffSession.objects.get(staff=person, ended_at__isnull=True).locked_at is not None


def look_at_the_door(page: Page, live: Live) -> None:
    """Another tab stands at the sign-in, where nobody is signed in: it has no say in whether somebody is here."""
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.context.new_page().goto(f"{live.url}/signin/")
    page.context.add_cookies(cookies)
    page.bring_to_front()


def test_a_page_nobody_touches_for_fifteen_minutes_locks_with_what_was_typed(live: Live, browser: Browser):
    page, person = seated(live, browser)
    page.goto(f"{live.url}/me/password/")
    page.fill("input[name=new]", "Half-typed-2026")
    look_at_the_door(page, live)
    page.clock.run_for("14:30")
    expect(page.locator("#curtain")).not_to_be_visible()
    page.keyboard.press("Shift")  # somebody is there after all
    page.clock.run_for("14:30")
    expect(page.locator("#curtain")).not_to_be_visible()
    with page.expect_response("**/lock/"):
        page.clock.run_for("00:40")
    expect(page.locator("#curtain")).to_be_visible()
    expect(page.locator("main h1")).not_to_be_visible()
    assert locked(person)
    page.mouse.click(300, 300)  # a click alone lifts nothing
    expect(page.locator("#curtain")).to_be_visible()
    page.fill("#curtain-p", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#curtain")).not_to_be_visible()
    assert (page.input_value("input[name=new]"), locked(person)) == ("Half-typed-2026", False)
    page.context.close()


def test_every_form_of_a_page_is_kept_for_who_leaves_it_to_a_colleague(live: Live, browser: Browser):
    page, person = seated(live, browser)
    page.goto(f"{live.url}/me/passkeys/")
    page.goto(f"{live.url}/me/password/")
    page.evaluate(
        """() => {
          const first = document.querySelector('main form');
          const second = first.cloneNode(true);
          second.setAttribute('action', '/me/passkeys/');
          second.querySelectorAll('input[type=password]').forEach((one) => { one.type = 'text'; one.name = 'note'; });
          first.after(second);
        }"""
    )
    page.locator("main form").nth(0).locator("input[name=new]").fill("Half-typed-2026")
    page.locator("main form").nth(1).locator("input[name=note]").first.fill("胸痛三小时")
    page.locator(ME).click()
    page.click("form[action='/switch/'] button")
    page.wait_for_url("**/signin/**")
    assert sorted(KeptForm.objects.filter(staff=person).values_list("path", flat=True)) == [
        "/me/passkeys/",
        "/me/password/",
    ]
    page.click(f"form[action='/signin/back/{person.pk}/'] button")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/kept/**")
    expect(page.locator("main")).to_contain_text("胸痛三小时")
    expect(page.locator("main")).to_contain_text("还为您保存了")
    assert page.locator("main .ly-pick a").count() == 1
    page.context.close()
