"""The reading page in a real browser: the picture is really drawn, tools work, nobody needs the script to see."""

import io
import os
from pathlib import Path

import pydicom
import pytest
from PIL import Image
from playwright.sync_api import expect

from consortium.choices import Role
from imaging import services
from imaging.models import Study
from kernel.actor import Actor
from tests.factories.consortium import make_organisation, make_staff
from tests.factories.imaging import make_arrival, make_dataset, make_device, make_request, make_scan, uid
from tests.live import PHONE, opened

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
SAMPLES = Path(pydicom.__file__).parent / "data" / "test_files"
SHOTS = os.environ.get("LIANYI_TEST_SHOTS", "")


def keep(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/imaging_{name}.png")


def stored(tmp_path, request, datasets) -> Study:
    arrivals = [make_arrival(tmp_path, one) for one in datasets]
    outcome = services.receive(by=make_device(request.source), arrivals=arrivals)[0]
    return services.settle(by=Actor.system("imaging"), study_id=outcome.study_id)


def watched(context) -> tuple:
    """A page, and what went wrong on it."""
    page, trouble = context.new_page(), []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    return page, trouble


def greys(page) -> int:
    """How many different grey levels stand in the picture."""
    picture = Image.open(io.BytesIO(page.locator("[data-canvas] canvas").screenshot())).convert("L")
    return len([count for count in picture.histogram() if count > 20])


def drawn(page) -> None:
    page.wait_for_selector("figure.is-live", timeout=60_000)
    page.wait_for_timeout(600)


@pytest.fixture
def case(live, tmp_path):
    """A request with a scan of two series, urgent, for a reader of the head hospital."""
    branch = make_organisation()
    request = make_request(branch, name="周桂芳", priority="urgent")
    lung = make_scan(request, SeriesDescription="肺窗", SeriesNumber=3)
    study = lung[0].StudyInstanceUID
    soft = make_scan(
        request, 4, StudyInstanceUID=study, SeriesDescription="纵隔", SeriesNumber=2, WindowCenter=40
    )
    stored(tmp_path, request, [*lung, *soft])
    return request


def test_the_picture_is_drawn_and_follows_the_tools(live, browser, case):
    context = opened(browser, live.url, make_staff(Role.READER, case.centre))
    page, trouble = watched(context)
    page.goto(f"{live.url}/imaging/read/{case.pk}/")
    drawn(page)
    keep(page, "read_d")

    assert greys(page) > 40
    assert page.locator("[data-corner=image]").inner_text() == "图 7 / 12"
    assert (
        page.locator("[data-corner=left]").inner_text(),
        page.locator("[data-corner=right]").inner_text(),
    ) == ("右", "左")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-corner=image]")).to_have_text("图 8 / 12")
    page.keyboard.press("1")
    expect(page.locator("[data-corner=window]")).to_have_text("W 1500 L −600")
    page.keyboard.press("[")
    expect(page.locator("[data-corner=image]")).to_have_text("图 3 / 4", timeout=20_000)
    assert "纵隔" in page.locator("[data-corner=series]").inner_text()
    assert trouble == []
    context.close()


def test_dragging_measures_and_windows(live, browser, case):
    context = opened(browser, live.url, make_staff(Role.READER, case.centre))
    page, trouble = watched(context)
    page.goto(f"{live.url}/imaging/read/{case.pk}/")
    drawn(page)
    box = page.locator("[data-canvas] canvas").bounding_box()
    before = page.locator("[data-corner=window]").inner_text()

    drag(page, box, 0.5, 0.5, 0.7, 0.6)
    assert page.locator("[data-corner=window]").inner_text() != before
    page.keyboard.press("M")
    drag(page, box, 0.3, 0.5, 0.6, 0.5)

    page.wait_for_selector("[data-canvas] svg text, [data-canvas] svg tspan")
    keep(page, "measured_d")
    assert "mm" in page.locator("[data-canvas] svg").text_content()
    assert trouble == []
    context.close()


def drag(page, box, from_x, from_y, to_x, to_y) -> None:
    at = lambda x, y: (box["x"] + box["width"] * x, box["y"] + box["height"] * y)  # noqa: E731  three uses below
    page.mouse.move(*at(from_x, from_y))
    page.mouse.down()
    page.mouse.move(*at((from_x + to_x) / 2, (from_y + to_y) / 2))
    page.mouse.move(*at(to_x, to_y))
    page.mouse.up()
    page.wait_for_timeout(300)


def test_without_script_the_server_draws(live, browser, case):
    context = opened(browser, live.url, make_staff(Role.READER, case.centre), java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live.url}/imaging/read/{case.pk}/")
    first = Image.open(io.BytesIO(page.locator("img.ly-first").screenshot())).convert("L")

    assert len([count for count in first.histogram() if count > 20]) > 40
    page.click("text=下一张")
    assert "图 8 / 12" in page.locator("figure").inner_text()
    assert page.locator("[data-tool]:visible").count() == 0
    context.close()


def test_on_the_phone_it_reads_and_does_not_write(live, browser, case):
    context = opened(
        browser,
        live.url,
        make_staff(Role.READER, case.centre),
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
    )
    page, trouble = watched(context)
    page.goto(f"{live.url}/imaging/read/{case.pk}/")
    drawn(page)
    keep(page, "read_m")

    assert greys(page) > 40
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_text("手机上可以查看")).to_be_visible()
    assert page.locator("form[action^='/orders/'] button:visible, .ly-stick button:visible").count() == 0
    page.goto(f"{live.url}/imaging/")
    keep(page, "worklist_m")
    expect(page.locator(f"#r-{case.pk} a.ly-phone")).to_be_visible()
    assert page.locator(".ly-queue button:visible").count() == 0
    assert trouble == []
    context.close()


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE",
        "MR_small_jpeg_ls_lossless",
        "MR_small_jp2klossless",
        "SC_rgb_jpeg_gdcm",
        "examples_ybr_color",
    ],
)
def test_the_viewer_decodes(live, browser, tmp_path, name):
    request = make_request(make_organisation(), name="周桂芳")
    dataset = pydicom.dcmread(SAMPLES / f"{name}.dcm")
    fresh = {
        "SOPInstanceUID": uid(),
        "StudyInstanceUID": uid(),
        "SeriesInstanceUID": uid(),
        "PatientSex": "F",
        "AccessionNumber": request.accession_number,
        "PatientName": "Zhou^GuiFang",
        "PatientBirthDate": "19590312",
    }
    for keyword, value in fresh.items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    stored(tmp_path, request, [dataset])
    context = opened(browser, live.url, make_staff(Role.READER, request.centre))
    page, trouble = watched(context)
    page.goto(f"{live.url}/imaging/read/{request.pk}/")
    drawn(page)
    keep(page, f"codec_{name}")

    assert greys(page) > 5
    assert trouble == []
    context.close()


def test_a_technologist_assigns_on_the_page(live, browser, tmp_path):
    branch = make_organisation()
    request = make_request(branch, name="欧阳㛃㛃")
    arrival = make_arrival(tmp_path, make_dataset(AccessionNumber="", PatientName="OUYANG"))
    outcome = services.receive(by=make_device(branch), arrivals=[arrival])[0]
    services.settle(by=Actor.system("imaging"), study_id=outcome.study_id)
    context = opened(browser, live.url, make_staff(Role.TECHNOLOGIST, branch))
    page, trouble = watched(context)

    page.goto(f"{live.url}/imaging/unmatched/")
    keep(page, "unmatched_d")
    page.click("table .ly-what")
    keep(page, "held_d")
    page.click(".ly-pick a")
    keep(page, "assign_d")
    page.fill("input[name=reason]", "腕带与申请单核对一致")
    page.click("button:has-text('归属')")

    page.wait_for_selector(".ly-note.is-ok")
    assert Study.objects.get(pk=outcome.study_id).request_id == request.pk
    assert trouble == []
    context.close()
