"""A passkey in a real Chromium with its virtual authenticator, at a name: browsers give none to a bare number."""

import pytest
from playwright.sync_api import Browser, Page, expect

from consortium.choices import Role
from consortium.models import Passkey, StaffSession
from tests.factories.consortium import make_staff
from tests.live import CHROMIUM, DESK, ME, PASSWORD, Live, enrolled, sign_in

pytestmark = pytest.mark.journey

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_key(page: Page, **more: bool) -> None:
    """Plug a virtual authenticator into the window."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**OPTIONS, **more}})


def test_register_sign_in_reopen_prove_and_remove(live: Live, browser: Browser):
    house = live.url.replace("127.0.0.1", "localhost")
    person = make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)
    window = browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = window.new_page()
    with_key(page)
    sign_in(page, house, person.username, PASSWORD, enrolled(person))

    page.goto(f"{house}/me/passkeys/")
    page.fill("form[data-passkey=create] input[name=name]", "诊室电脑")
    page.click("form[data-passkey=create] button")
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_contain_text("诊室电脑")
    assert Passkey.objects.get().staff == person

    page.locator(ME).click()
    page.click("form[action='/signout/'] button")
    page.wait_for_url("**/signin/**")
    page.click("form[data-passkey=get] button")
    page.wait_for_url(f"{house}/")
    assert StaffSession.objects.latest("started_at").factor == "passkey"

    page.goto(f"{house}/me/passkeys/")
    page.fill("form[data-passkey=create] input[name=name]", "写到一半")
    with page.expect_response("**/lock/"):
        page.keyboard.press("Alt+L")
    expect(page.locator("#curtain")).to_be_visible()
    expect(page.locator("main h1")).not_to_be_visible()
    assert StaffSession.objects.latest("started_at").locked_at is not None
    page.click("#curtain form[data-passkey=get] button")
    expect(page.locator("#curtain")).not_to_be_visible()
    assert page.input_value("form[data-passkey=create] input[name=name]") == "写到一半"
    assert StaffSession.objects.latest("started_at").locked_at is None

    StaffSession.objects.update(proved_at=None)
    page.click("form[action$='/remove/'] button")
    page.wait_for_url("**/signin/again/**")
    rail, asked = page.locator(".ly-rail").bounding_box(), page.locator("main .ly-panel").first.bounding_box()
    assert rail is not None
    assert asked is not None
    assert asked["x"] >= rail["width"]  # beside the rail, not under it
    page.click("form[data-passkey=get] button")
    page.wait_for_url("**/me/passkeys/**")
    page.click("form[action$='/remove/'] button")
    page.wait_for_load_state("networkidle")
    assert not Passkey.objects.exists()
    window.close()


def test_a_key_that_does_not_check_its_owner_opens_nothing(live: Live, browser: Browser):
    house = live.url.replace("127.0.0.1", "localhost")
    window = browser.new_context(viewport=DESK)
    page = window.new_page()
    with_key(page, isUserVerified=False)
    page.goto(f"{house}/signin/")
    page.click("form[data-passkey=get] button")
    expect(page.locator("form[data-passkey=get] .ly-error")).to_be_visible()
    assert "/signin/" in page.url
    window.close()


def test_a_bare_number_offers_no_passkey(live: Live, browser: Browser):
    page = browser.new_page()
    page.goto(f"{live.url}/signin/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("form[data-passkey=get]")).not_to_be_visible()
    page.close()


def test_the_curtain_keeps_what_was_typed_and_only_the_password_lifts_it(live: Live, browser: Browser):
    own = browser.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    person = make_staff(Role.BRANCH_DOCTOR, password=PASSWORD)
    page = own.new_page(viewport=DESK, locale="zh-CN")
    sign_in(page, live.url, person.username, PASSWORD, enrolled(person))
    page.goto(f"{live.url}/me/password/")
    page.fill("input[name=new]", "Half-typed-2026")
    page.keyboard.press("Alt+L")
    expect(page.locator("#curtain")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#curtain")).to_be_visible()
    page.fill("#curtain-p", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#curtain [data-trouble]")).to_be_visible()
    page.fill("#curtain-p", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#curtain")).not_to_be_visible()
    assert page.input_value("input[name=new]") == "Half-typed-2026"
    page.keyboard.press("Alt+L")
    expect(page.locator("#curtain")).to_be_visible()
    page.fill("#curtain-p", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#curtain")).not_to_be_visible()
    own.close()
