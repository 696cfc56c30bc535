"""The transfer form in a real browser: with few presses, on a phone, over a line that breaks."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from consortium.models import Staff
from referral.models import Sketch
from tests.factories.emr import make_patient
from tests.factories.referral import County, make_county
from tests.live import DESK, PHONE, Live, browser, live, opened
from tests.referral.writing import agree, form_of, legs, visit

__all__ = ["browser", "live"]

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]

PRESSES = (
    "window.pressed = 0; addEventListener('click', (event) => { if (event.isTrusted) pressed += 1; }, true);"
)


@pytest.fixture(scope="module")
def place(live: Live) -> County:
    return make_county()


@pytest.fixture
def county(place: County) -> County:
    """The same house with a patient of its own, who was seen just now."""
    return replace(place, patient=make_patient(organisation=place.branch, name="欧阳桂芳"))


@pytest.fixture
def window(live: Live, browser: Browser, county: County) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []

    def open_(**fields: Any) -> BrowserContext:
        doctor = Staff.objects.get(pk=county.doctor.id)
        made.append(opened(browser, live.url, doctor, **fields))
        return made[-1]

    yield open_
    for one in made:
        one.close()


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["pc", "phone"])
def test_from_the_visit_to_the_sent_form_with_four_presses(live, window, county, size):
    encounter = visit(county)
    page = window(viewport=size, has_touch=size is PHONE).new_page()
    page.add_init_script(PRESSES)
    page.goto(f"{live.url}/encounters/{encounter}/")

    page.locator("main a[href*='/referrals/new/']").click()
    expect(page.locator("[name=reason]")).to_have_value("头晕黑蒙 2 小时")
    expect(page.locator("[name=diagnosis]")).to_have_value("头晕待查")
    expect(page.locator("[name=treatment]")).to_have_value(re.compile("吸氧"))
    assert page.locator("[name=attachments]:checked").count() == 4, "note, diagnoses, medicines, allergies"
    expect(page.locator("#money")).to_contain_text("还没有查过医保")
    shot(page, f"form_{size['width']}")
    agree(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    shot(page, f"form_agreed_{size['width']}")
    assert page.evaluate("pressed") <= 4  # a label passes its click on to its field
    page.locator(".ly-actions .btn-primary").click()

    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    (leg,) = legs(county)
    assert (leg.status, leg.encounter_id, leg.attachments.count()) == ("submitted", encounter, 4)
    assert Sketch.objects.filter(patient=county.patient).count() == 0


def test_control_and_enter_send_it(live, window, county):
    visit(county)
    page = window().new_page()
    page.goto(live.url + form_of(county))
    agree(page)

    page.locator("[name=reason]").press("Control+Enter")

    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    assert [leg.status for leg in legs(county)] == ["submitted"]


def test_a_name_drawn_with_the_finger_goes_along(live, window, county):
    visit(county)
    page = window(viewport=PHONE).new_page()
    page.goto(live.url + form_of(county))
    page.locator("label:has(input[name=consent][value=patient])").click()
    page.locator("label:has(input[name=consent_way][value=screen])").click()
    page.locator(".ly-ink canvas").scroll_into_view_if_needed()
    box = page.locator(".ly-ink canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 30 + 25 * step, box["y"] + 40 + 20 * (step % 2))
    page.mouse.up()
    shot(page, "form_ink")

    page.locator(".ly-actions .btn-primary").click()

    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    (leg,) = legs(county)
    assert leg.ink_id is not None
    picture = page.locator("img.ly-drawn").first
    expect(picture).to_be_visible()
    assert picture.evaluate("async (one) => { await one.decode(); return one.naturalWidth; }") == 600
    shot(page, "leg_ink")


def test_what_is_typed_is_saved_and_a_second_window_only_reads(live, window, county):
    visit(county)
    first = window()
    page = first.new_page()
    page.goto(live.url + form_of(county))
    page.fill("[name=precautions]", "平卧")
    expect(page.locator("#saved")).to_contain_text("已保存")

    other = first.new_page()
    other.goto(live.url + form_of(county))
    expect(other.locator("[name=precautions]")).to_have_value("平卧")
    expect(other.locator("[data-take]")).to_be_visible()
    expect(other.locator("[name=precautions]")).to_be_disabled()
    shot(other, "form_second_window")
    other.locator("[data-take]").click()
    expect(other.locator("[name=precautions]")).to_be_enabled()
    other.fill("[name=precautions]", "平卧，吸氧")
    expect(other.locator("#saved")).to_contain_text("已保存")

    page.fill("[name=precautions]", "坐着")
    expect(page.locator("[data-take]")).to_be_visible()
    assert Sketch.objects.get(patient=county.patient).version >= 2


def test_who_reloads_or_leaves_right_after_the_last_key_loses_nothing(live, window, county):
    visit(county)
    page = window().new_page()
    page.goto(live.url + form_of(county))
    words = page.locator("[name=precautions]")
    for key in "平卧吸":
        words.press("End")
        words.press_sequentially(key)
        page.reload()
        expect(words).to_have_value(re.compile(f"{key}$"))
    expect(page.locator("#saved")).to_contain_text("已保存")

    words.press("End")
    words.press_sequentially("氧")
    page.goto(f"{live.url}/")

    elsewhere = window().new_page()
    elsewhere.goto(live.url + form_of(county))
    expect(elsewhere.locator("[name=precautions]")).to_have_value("平卧吸氧")


def test_answers_to_the_criteria_stand_there_again_after_a_reload_and_in_the_draft(live, window, county):
    visit(county)
    page = window(viewport=PHONE).new_page()
    page.goto(live.url + form_of(county))
    page.locator("#criteria summary").click()
    for sign in ("chest_pain", "chest_pain_stays"):
        page.check(f"#c-{sign}")
    page.fill("#c-chest_pain_minutes", "40")
    with page.expect_response(
        lambda one: "/autosave/" in one.url and "家属" in unquote_plus(one.request.post_data or "")
    ):
        page.fill("[name=override]", "家属要求")

    def shown() -> None:
        expect(page.locator("#c-chest_pain")).to_be_checked()
        expect(page.locator("#c-chest_pain_minutes")).to_have_value("40")
        expect(page.locator("[name=override]")).to_have_value("家属要求")
        expect(page.locator("#criteria-said")).to_contain_text("U02")

    page.reload()
    shown()
    page.locator("label:has(input[name=priority][value=emergency])").click()
    page.locator("button[name=save][value='1']").click()
    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    (leg,) = legs(county)
    assert [one["code"] for one in leg.criteria["fired"]] == ["U02"]
    page.goto(f"{live.url}/referrals/{leg.pk}/edit/")
    shown()


def test_a_form_sent_without_a_line_goes_out_once_when_it_is_back(live, window, county):
    visit(county)
    context = window()
    page = context.new_page()
    page.goto(live.url + form_of(county))
    agree(page)
    context.set_offline(True)
    page.fill("[name=precautions]", "断网时写的字")
    expect(page.locator(".ly-actions .btn-primary")).to_have_text("存好，联网自动送出")
    expect(page.locator("#saved")).to_contain_text("本机")
    shot(page, "form_offline")
    page.locator(".ly-actions .btn-primary").click()
    expect(page.locator("#saved")).to_contain_text("联网自动送出")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "断网时写的字" not in kept, "nothing readable lies on this computer"
    with suppress(PlaywrightError):
        page.reload()
    assert legs(county) == []

    context.set_offline(False)
    page.goto(live.url + form_of(county))

    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    (leg,) = legs(county)
    assert (leg.status, leg.precautions) == ("submitted", "断网时写的字")
    page.goto(f"{live.url}/")
    page.wait_for_timeout(1500)
    assert len(legs(county)) == 1
    assert page.evaluate("Object.keys(localStorage).filter((one) => /^ly:(out|referral)/.test(one))") == []


def test_a_line_that_comes_back_on_the_page_itself_sends_it(live, window, county):
    visit(county)
    context = window()
    page = context.new_page()
    page.goto(live.url + form_of(county))
    agree(page)
    context.set_offline(True)
    page.locator(".ly-actions .btn-primary").click()
    expect(page.locator("#saved")).to_contain_text("联网自动送出")

    context.set_offline(False)

    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    assert [leg.status for leg in legs(county)] == ["submitted"]


def test_what_was_typed_without_a_line_survives_a_reload(live, window, county):
    visit(county)
    context = window()
    page = context.new_page()
    page.goto(live.url + form_of(county))
    context.set_offline(True)
    page.fill("[name=precautions]", "只写了一半")
    expect(page.locator("#saved")).to_contain_text("本机")
    with suppress(PlaywrightError):
        page.reload()
    context.set_offline(False)

    page.goto(live.url + form_of(county))

    expect(page.locator("[name=precautions]")).to_have_value("只写了一半")
    assert legs(county) == []


def test_who_goes_back_and_sends_again_has_sent_once(live, window, county):
    visit(county)
    page = window().new_page()
    page.goto(live.url + form_of(county))
    agree(page)
    page.locator(".ly-actions .btn-primary").dblclick()
    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))

    page.go_back()
    agree(page)
    page.locator(".ly-actions .btn-primary").click()

    expect(page.locator("main")).to_be_visible()
    assert len(legs(county)) == 1


def test_what_is_missing_is_listed_on_top_and_nothing_typed_is_lost(live, window, county):
    visit(county)
    page = window().new_page()
    page.goto(live.url + form_of(county))
    page.fill("[name=precautions]", "平卧")
    page.locator(".ly-actions .btn-primary").click()

    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("[name=precautions]")).to_have_value("平卧")
    shot(page, "form_errors")
    agree(page)
    page.locator(".ly-actions .btn-primary").click()

    expect(page).to_have_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    assert len(legs(county)) == 1
