"""What the page's own script adds, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from consortium.choices import Role
from consortium.models import Organisation
from tests.factories.consortium import make_organisation, make_staff
from tests.factories.emr import id_number, make_patient
from tests.live import ME, Live, opened

pytestmark = pytest.mark.journey


@pytest.fixture
def place(live: Live) -> Organisation:
    return make_organisation()


@pytest.fixture
def page(live: Live, browser, place: Organisation):
    doctor = make_staff(Role.BRANCH_DOCTOR, place, name="王丽华")
    window = opened(browser, live.url, doctor)
    sheet = window.new_page()
    problems: list[str] = []
    sheet.on("pageerror", lambda error: problems.append(str(error)))
    sheet.on(
        "console", lambda told: problems.append(told.text) if "Content Security Policy" in told.text else None
    )
    yield sheet
    window.close()
    assert problems == []


def test_both_factors_lead_to_the_home(sign_in_as):
    page = sign_in_as(Role.BRANCH_DOCTOR)
    expect(page.locator("h2", has_text="等我处理")).to_be_visible()


def test_a_name_is_found_by_keyboard_alone(live: Live, page: Page, place: Organisation):
    patient = make_patient(organisation=place, name="周桂芳")
    page.goto(live.url)
    page.keyboard.press("/")
    page.keyboard.type("zgf")
    expect(page.get_by_role("option", name="周桂芳")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/patients/{patient.pk}/**")


def test_a_card_reader_opens_the_chart_at_once(live: Live, page: Page, place: Organisation):
    number = id_number()
    patient = make_patient(organisation=place, name="杨文彬", id_number=number)
    page.goto(live.url)
    page.keyboard.press("/")
    page.keyboard.type(f"{number}\n", delay=5)
    page.wait_for_url(f"**/patients/{patient.pk}/**")
    assert number not in page.url


def test_what_identifies_a_person_never_stands_in_an_address(live: Live, page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live.url)
    page.keyboard.press("/")
    page.keyboard.type("zhouguifang", delay=5)
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert [url for url in asked if "zhouguifang" in url] == []


def test_a_key_presses_the_button_that_shows_it_and_types_in_fields(live: Live, page: Page):
    page.goto(live.url)
    page.keyboard.press("/")
    page.keyboard.type("n")
    assert page.url == f"{live.url}/"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("n")
    page.wait_for_url("**/patients/new/")


def test_the_question_mark_lists_the_keys(live: Live, page: Page):
    page.goto(f"{live.url}/ui/")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_list_is_walked_with_two_keys(live: Live, page: Page):
    page.goto(f"{live.url}/ui/")
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator(".ly-queue > li.is-at")).to_contain_text("下转待接收")
    page.keyboard.press("k")
    expect(page.locator(".ly-queue > li.is-at")).to_contain_text("补充转诊资料")


def test_a_clock_says_what_is_left(live: Live, page: Page):
    page.goto(f"{live.url}/ui/")
    expect(page.locator(".ly-clock.is-late").first).to_have_text("超时 12 分")
    expect(page.locator(".ly-clock", has_text="剩 1 时 11 分")).to_have_count(1)


def test_dark_colours_are_remembered(live: Live, page: Page):
    page.goto(live.url)
    page.locator(ME).click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto(f"{live.url}/search/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_first_visit_is_light_on_the_line(live: Live, page: Page):
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.set_extra_http_headers({"Accept-Encoding": "gzip"})
    page.goto(live.url, wait_until="networkidle")
    assert sum(sizes) < 260_000, "uncompressed in tests; compressed it is less than half"


def test_the_page_works_without_script(live: Live, browser, place: Organisation):
    make_patient(organisation=place, name="吴小妹")
    window = opened(browser, live.url, make_staff(Role.BRANCH_DOCTOR, place), java_script_enabled=False)
    page = window.new_page()
    page.goto(f"{live.url}/search/")
    page.fill("#find", "吴小妹")
    page.click("main form button[type=submit]")
    expect(page.get_by_role("link", name="吴小妹")).to_be_visible()
    page.locator(ME).click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    window.close()
