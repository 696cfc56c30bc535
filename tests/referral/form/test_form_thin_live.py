"""The transfer form on a thin line, and when the session ends in the middle of it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from consortium.choices import Ending
from consortium.engine import totp
from consortium.models import KeptForm, Staff, StaffSession, TotpDevice
from kernel import clock
from referral.models import Sketch
from tests.factories.emr import make_patient
from tests.factories.referral import County, make_county
from tests.live import DESK, PASSWORD, PHONE, Live, browser, enrolled, live
from tests.referral.writing import agree, form_of, legs, visit

__all__ = ["browser", "live"]

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]

THIN = {"offline": False, "latency": 300, "downloadThroughput": 256_000 / 8, "uploadThroughput": 256_000 / 8}
"""256 kbit/s both ways, 300 ms there and back."""
SLOW = 90_000
"""Milliseconds that beside other tests are no failure: what is shown is told by bytes, not by seconds."""
LEG = re.compile(r"/referrals/[0-9a-f-]{36}/")


@dataclass
class Line:
    """What came over it, in bytes as they travel."""

    bytes: int = 0
    requests: int = 0

    def finished(self, event: Any) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.requests += 1


@pytest.fixture(scope="module")
def place(live: Live) -> County:
    return make_county()


@pytest.fixture
def county(place: County) -> County:
    return replace(place, patient=make_patient(organisation=place.branch, name="欧阳桂芳"))


@pytest.fixture(scope="module")
def secret(place: County) -> str:
    return enrolled(Staff.objects.get(pk=place.doctor.id))


@pytest.fixture
def window(live: Live, browser: Browser, county: County, secret: str) -> Iterator[BrowserContext]:
    """The doctor's browser, signed in by hand."""
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    come_in(context.new_page(), live, county, secret)
    yield context
    context.close()


def come_in(page: Page, live: Live, county: County, secret: str) -> None:
    doctor = Staff.objects.get(pk=county.doctor.id)
    StaffSession.objects.filter(staff=doctor, ended_at=None).update(
        ended_at=clock.now(), ending=Ending.ENDED_BY_OWNER
    )
    page.goto(f"{live.url}/signin/")
    come_back(page, county, secret)


def spend(doctor: Staff) -> None:
    """A code counts once: here the same half minute may serve the next sign-in too."""
    TotpDevice.objects.filter(staff=doctor).update(last_step=0)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["pc", "phone"])
def test_on_256_kilobits_the_way_from_the_visit_to_the_sent_form_stays_small(
    live, window, county, size, record_property
):
    encounter = visit(county)
    page = window.new_page()
    page.set_viewport_size(size)
    page.goto(f"{live.url}/encounters/{encounter}/")
    tap, line = window.new_cdp_session(page), Line()
    tap.send("Network.enable")
    tap.send("Network.emulateNetworkConditions", THIN)
    tap.on("Network.loadingFinished", line.finished)
    begun = time.monotonic()

    page.locator("main a[href*='/referrals/new/']").click()
    page.locator("[name=reason]").wait_for(timeout=SLOW)
    shown = time.monotonic()
    agree(page)
    page.locator(".ly-actions .btn-primary").click()
    expect(page).to_have_url(LEG, timeout=SLOW)
    page.locator("#leg h2").first.wait_for(timeout=SLOW)

    sent, form_took, bytes_over = time.monotonic() - begun, shown - begun, line.bytes
    for name, value in (("seconds", sent), ("form_seconds", form_took), ("bytes", bytes_over)):
        record_property(name, round(value, 1))
    print(
        f"thin line: form after {form_took:.1f} s, sent after {sent:.1f} s, {bytes_over} bytes, {line.requests}"
    )
    assert [leg.status for leg in legs(county)] == ["submitted"]
    assert bytes_over < 40_000


def ended(county: County) -> None:
    """The session is over, as after an hour away or when the institution ends it."""
    StaffSession.objects.filter(staff=county.doctor.id, ended_at=None).update(
        ended_at=clock.now(), ending=Ending.ENDED_BY_OWNER
    )


def come_back(page: Page, county: County, secret: str) -> None:
    """Both factors at the door the page has come to."""
    doctor = Staff.objects.get(pk=county.doctor.id)
    spend(doctor)
    page.fill("input[name=username]", doctor.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector(
        "input[name=code], .ly-rail"
    )  # a device that showed its code today is not asked again
    if page.locator("input[name=code]").count():
        page.fill("input[name=code]", totp.code_at(secret, time.time()))
    page.wait_for_selector(".ly-rail")


def kept(county: County) -> list[str]:
    """Where forms would be sent that wait for the doctor."""
    return list(
        KeptForm.objects.filter(staff=county.doctor.id, settled_at=None).values_list("path", flat=True)
    )


def typed(page: Page, live: Live, county: County) -> None:
    """Words that are saved, then the session ends, then words that are not."""
    visit(county)
    page.goto(live.url + form_of(county))
    page.fill("[name=precautions]", "平卧，吸氧")
    expect(page.locator("#saved")).to_contain_text("已保存")
    ended(county)
    page.fill("[name=illness]", "黑蒙两次，第二次摔倒")


def test_a_form_sent_after_the_session_ended_goes_out_once_after_the_sign_in(live, window, county, secret):
    page = window.new_page()
    typed(page, live, county)
    agree(page)

    page.locator(".ly-actions .btn-primary").click()
    expect(page).to_have_url(re.compile("/signin/"), timeout=SLOW)
    assert legs(county) == []
    come_back(page, county, secret)
    expect(page.locator("main")).to_contain_text("黑蒙两次，第二次摔倒")
    page.locator("main .btn-primary").dblclick()

    expect(page).to_have_url(LEG, timeout=SLOW)
    (leg,) = legs(county)
    assert (leg.status, leg.illness, leg.precautions) == ("submitted", "黑蒙两次，第二次摔倒", "平卧，吸氧")
    assert kept(county) == [], "nothing is left that could be sent again"
    assert Sketch.objects.filter(patient=county.patient).count() == 0


def test_a_draft_stands_as_it_was_left_after_the_sign_in(live, window, county, secret):
    page = window.new_page()
    typed(page, live, county)
    expect(page.locator("#saved")).to_contain_text("本机")

    page.reload()
    come_back(page, county, secret)

    expect(page.locator("[name=illness]")).to_have_value("黑蒙两次，第二次摔倒")
    expect(page.locator("[name=precautions]")).to_have_value("平卧，吸氧")
    agree(page)
    page.locator(".ly-actions .btn-primary").click()
    expect(page).to_have_url(LEG, timeout=SLOW)
    (leg,) = legs(county)
    assert (leg.status, leg.illness) == ("submitted", "黑蒙两次，第二次摔倒")
    assert kept(county) == []
