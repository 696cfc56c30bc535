"""The ECG centre in a real browser: the strip is drawn true to the millimetre, the case is read and signed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from diagnostics import services as diagnostics
from diagnostics.choices import Status
from diagnostics.models import CriticalValue, ExamRequest
from tests.factories.diagnostics import Scene, make_examined, make_request, make_scene
from tests.factories.ecg import ecg_file, make_recording
from tests.live import PHONE, Live, browser, live, opened

pytestmark = pytest.mark.journey
__all__ = ["browser", "live"]

MM = 96 / 25.4
SHOTS = os.environ.get("ECG_SHOTS", "")
"""Folder for pictures of the pages, to be looked at by people."""


@pytest.fixture(scope="module")
def scene(live: Live) -> Scene:
    return make_scene()


def window(browser: Browser, live: Live, scene: Scene, who: str, **said: object) -> Iterator[Page]:
    context = opened(browser, live.url, getattr(scene, who), **said)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def desk(browser: Browser, live: Live, scene: Scene) -> Iterator[Page]:
    yield from window(browser, live, scene, "reader")


@pytest.fixture
def branch(browser: Browser, live: Live, scene: Scene) -> Iterator[Page]:
    yield from window(browser, live, scene, "doctor")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_a_critical_ecg_is_taken_read_signed_and_read_back(
    desk: Page, branch: Page, live: Live, scene: Scene
) -> None:
    request = make_request(scene, priority="emergency", clinical_question="头晕黑蒙 2 小时")
    make_recording(scene.by("technologist"), ecg_file("avb3", 34), request_id=request.pk)
    desk.goto(f"{live.url}/ecg/")
    shot(desk, "worklist")
    desk.click("#main ol.ly-queue form button")
    desk.wait_for_selector("#strip[data-drawn=true] canvas")
    shot(desk, "reading")
    assert ink(desk) > 3000

    desk.fill("#im", "Ⅲ度房室传导阻滞，室性逸搏心律")
    desk.check("input[name=outcome][value=critical]", force=True)
    desk.fill("#cv", "Ⅲ度房室传导阻滞")
    desk.wait_for_selector("#draft-version[value='1']", state="attached")
    desk.keyboard.press("F9")
    desk.wait_for_url(f"{live.url}/ecg/")

    request.refresh_from_db()
    assert request.status == Status.PRELIMINARY
    critical = CriticalValue.objects.get(request=request)
    branch.goto(f"{live.url}/critical/{critical.pk}/")
    shot(branch, "critical")
    branch.fill("input[name=read_back]", "III度房室传导阻滞")
    branch.check("input[name=action][value=referred]", force=True)
    branch.click("main button[type=submit]")
    branch.wait_for_selector(".ly-note.is-ok")
    branch.goto(f"{live.url}/reports/{request.report_id}/")
    shot(branch, "report")
    branch.goto(f"{live.url}/reports/{request.report_id}/verify/")
    assert branch.locator(".ly-state.is-good").count() == 1
    shot(branch, "verify")


def ink(page: Page) -> int:
    """How many pixels of the strip are as dark as the trace."""
    return int(
        page.evaluate(
            "() => { const c = document.querySelector('#strip canvas'); const d = c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data; let n = 0;"
            " for (let i = 0; i < d.length; i += 4) if (d[i] < 90) n++; return n; }"
        )
    )


def test_layouts_speeds_and_calipers(desk: Page, live: Live, scene: Scene) -> None:
    request = make_request(scene)
    make_recording(scene.by("technologist"), ecg_file(seed=21), request_id=request.pk)
    desk.goto(f"{live.url}/ecg/read/{request.pk}/")
    desk.wait_for_selector("#strip[data-drawn=true] canvas")
    room = desk.evaluate("document.querySelector('[data-ecg-paper]').clientWidth")
    width = desk.evaluate("document.querySelector('#strip canvas').getBoundingClientRect().width")
    assert abs(width - min(room, 264 * MM)) < 1  # ten seconds at one glance on the office screen
    desk.click("[data-layout='12x1']")
    shot(desk, "reading_12x1")
    assert desk.get_attribute("[data-layout='12x1']", "aria-pressed") == "true"
    desk.click("[data-speed]")
    assert desk.inner_text("[data-speed]") == "50 mm/s"
    wider = desk.evaluate("document.querySelector('#strip canvas').getBoundingClientRect().width")
    assert abs(wider / MM - 514) < 1


def test_the_case_is_seen_before_any_script_runs(browser: Browser, live: Live, scene: Scene) -> None:
    request = make_request(scene)
    make_recording(scene.by("technologist"), ecg_file(seed=22), request_id=request.pk)
    context = opened(browser, live.url, scene.reader, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live.url}/ecg/read/{request.pk}/")
    assert page.locator("svg.ly-ecg path.trace").count() == 17
    shot(page, "reading_without_script")
    context.close()


def test_an_order_becomes_an_upload_on_the_branch_side(
    branch: Page, live: Live, scene: Scene, tmp_path: Path
) -> None:
    make_examined(scene)
    branch.goto(f"{live.url}/patients/{scene.patient_id}/orders/new/")
    shot(branch, "order_new")
    branch.select_option("select[name=item_code]", index=1)
    branch.fill("textarea[name=clinical_question]", "胸闷 1 小时，问：心肌缺血？")
    branch.click("main button[type=submit]")
    branch.wait_for_url("**/orders/*/")
    shot(branch, "order")
    branch.click("a[href*='/ecg/upload/']")
    good, bad = tmp_path / "a.dcm", tmp_path / "text.dcm"
    good.write_bytes(ecg_file(seed=31))
    bad.write_text("not a heart")
    shot(branch, "upload")
    branch.set_input_files("input[type=file]", [str(good), str(bad)])
    branch.click("main button[type=submit]")
    branch.wait_for_selector("#rs-h")
    shot(branch, "uploaded")
    assert branch.locator("ul.ly-pick li").count() == 2
    assert branch.locator(".ly-bad[role=alert]").count() == 1
    assert ExamRequest.objects.order_by("-requested_at").first().status == Status.EXAMINED  # type: ignore[union-attr]  # just made
    branch.goto(f"{live.url}/orders/?tab=all")
    shot(branch, "orders")


def test_on_the_phone_the_strip_keeps_its_millimetres(browser: Browser, live: Live, scene: Scene) -> None:
    request = make_request(scene)
    make_recording(scene.by("technologist"), ecg_file(seed=41), request_id=request.pk)
    context = opened(browser, live.url, scene.reader, viewport=PHONE, device_scale_factor=3)
    page = context.new_page()
    page.goto(f"{live.url}/ecg/read/{request.pk}/")
    page.wait_for_selector("#strip[data-drawn=true] canvas")
    box = page.locator("#strip canvas").bounding_box()
    assert box is not None
    assert abs(box["width"] / MM - 264) < 0.5
    assert page.evaluate("document.querySelector('#strip canvas').width") > 2.9 * box["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "reading_phone")
    page.goto(f"{live.url}/ecg/")
    shot(page, "worklist_phone")
    context.close()


def test_an_unmatched_recording_waits_with_its_trace(desk: Page, live: Live, scene: Scene) -> None:
    recording = make_recording(scene.by("technologist"), ecg_file("pause", 70, patient_name="无名氏"))
    desk.goto(f"{live.url}/ecg/unmatched/")
    shot(desk, "unmatched")
    desk.goto(f"{live.url}/ecg/unmatched/{recording.pk}/")
    desk.wait_for_selector("#strip[data-drawn=true] canvas")
    shot(desk, "unmatched_recording")
    number = make_request(scene).accession_number
    desk.fill("input[name=number]", number)
    desk.click("#main form[method=get] button")
    desk.click("#main form[method=post] button.btn-primary")
    desk.wait_for_url("**/ecg/read/*/")


def test_a_case_being_read_says_by_whom(desk: Page, live: Live, scene: Scene) -> None:
    request = make_request(scene)
    make_recording(scene.by("technologist"), ecg_file(seed=51), request_id=request.pk)
    diagnostics.claim(by=scene.by("reviewer"), request_id=request.pk)
    desk.goto(f"{live.url}/ecg/read/{request.pk}/")
    assert scene.reviewer.name in desk.inner_text("#main")
    shot(desk, "reading_by_another")
