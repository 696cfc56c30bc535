"""Everybody can work: axe finds nothing on any page, at both sizes, in both colour schemes."""

from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from config.local.places import ROOT
from consortium import services
from consortium.choices import Role
from consortium.models import Post
from emr.prescriptions import services as prescriptions
from kernel.actor import Actor
from tests.factories.prescriptions import line, make_prescription, make_visit
from tests.live import DESK, PHONE, Live, opened
from tests.walk import walk

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(900)]

COUNTY: Path = ROOT / "fixtures" / "county"
ASK = """axe.run({resultTypes: ["violations"]}).then((told) => told.violations.map(
  (one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]))"""
"""Only what is wrong comes over from the browser: what is right is a thousand times as long."""
LOOKS = {"desk, light": (DESK, "light"), "phone, dark": (PHONE, "dark")}


@pytest.fixture(scope="module")
def county(live: Live) -> Live:
    """The house with the demo county's people and places."""
    services.load_county(by=Actor.system("demo"), source=COUNTY)
    return live


def faults(page: Page) -> dict[str, list[str]]:
    """What axe objects to: rule → first elements."""
    page.evaluate(AXE_SCRIPT)
    found: list[tuple[str, list[str]]] = page.evaluate(ASK)
    return dict(found)


def broken(page: Page, status: int) -> str:
    """A page that did not come, or that is wider than its window."""
    if status >= 500:
        return f"status {status}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return f"{too_wide} px wider than the window" if too_wide > 1 else ""


@pytest.mark.slow(110)
@pytest.mark.parametrize("look", [pytest.param(look, marks=pytest.mark.xdist_group(look)) for look in LOOKS])
def test_axe_finds_nothing_on_any_page(county: Live, browser: Browser, look: str):
    size, theme = LOOKS[look]
    objections: dict[str, object] = {}
    seen: set[str] = set()
    for role in Role:
        post = (
            Post.objects.filter(role=role).select_related("staff").order_by("staff__username", "pk").first()
        )
        assert post is not None, f"nobody is {role} in the demo county"
        window = opened(browser, county.url, post.staff, role, viewport=size, reduced_motion="reduce")
        window.add_cookies([{"name": "lianyi_theme", "value": theme, "url": county.url}])
        page = window.new_page()
        for stop in walk(page, county.url, known=seen):
            if found := (broken(page, stop.status) or faults(page)):
                objections[f"{role} {stop.path}"] = found
        window.close()
    assert objections == {}


@pytest.mark.slow(8)
@pytest.mark.parametrize("look", [pytest.param(look, marks=pytest.mark.xdist_group(look)) for look in LOOKS])
def test_axe_finds_nothing_on_the_pages_of_a_prescription(county: Live, browser: Browser, look: str):
    """The walk meets no patient: what is written for one is opened here."""
    size, theme = LOOKS[look]
    visit = make_visit()
    signed, void = make_prescription(visit), make_prescription(visit, line("二甲双胍片"))
    prescriptions.void(by=visit.doctor, prescription_id=void.pk, version=void.version, reason="mistake")
    window = opened(browser, county.url, visit.staff, viewport=size, reduced_motion="reduce")
    window.add_cookies([{"name": "lianyi_theme", "value": theme, "url": county.url}])
    page = window.new_page()
    objections: dict[str, object] = {}
    for path in (
        f"/encounters/{visit.encounter}/prescribe/",
        f"/prescriptions/{signed.pk}/",
        f"/prescriptions/{void.pk}/",
        f"/patients/{visit.patient.pk}/",
        f"/patients/{visit.patient.pk}/encounters/new/",
    ):
        answer = page.goto(county.url + path, wait_until="networkidle")
        status = answer.status if answer else 0
        if found := (broken(page, status) or faults(page) or ("" if status == 200 else f"status {status}")):
            objections[path] = found
    window.close()
    assert objections == {}


@pytest.mark.slow(1)
@pytest.mark.xdist_group("phone, dark")
@pytest.mark.parametrize("path", ["/signin/", "/signin/demo/", "/nowhere/"])
def test_axe_finds_nothing_before_the_door(county: Live, browser: Browser, path: str):
    page = browser.new_page(viewport=PHONE, locale="zh-CN")
    page.goto(county.url + path)
    assert faults(page) == {}
    page.close()
