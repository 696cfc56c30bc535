"""On a PC that several people use, "back" after signing out shows nobody's record."""

import pytest
from playwright.sync_api import Browser

from consortium.choices import Role
from tests.factories.consortium import make_organisation, make_staff
from tests.factories.emr import make_patient
from tests.live import CHROMIUM, ME, Live, opened

pytestmark = pytest.mark.journey

KEPT = "--disable-back-forward-cache"
"""What Playwright switches off and a person's browser does not: pages kept in memory for "back"."""


@pytest.mark.parametrize("ignored", [[], [KEPT]], ids=["asked again", "kept in memory"])
def test_back_after_sign_out_shows_no_record(live: Live, browser: Browser, ignored: list[str]):
    place = make_organisation()
    patient = make_patient(organisation=place, name="周桂芳")
    own = browser.browser_type.launch(
        executable_path=CHROMIUM, args=["--no-sandbox"], ignore_default_args=ignored
    )
    page = opened(own, live.url, make_staff(Role.BRANCH_DOCTOR, place)).new_page()
    chart = f"{live.url}/patients/{patient.pk}/"
    page.goto(chart)
    assert "周桂芳" in page.content()
    page.goto(f"{live.url}/patients/")
    page.locator(ME).click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/signin/**")

    page.evaluate("history.go(-2)")
    page.wait_for_timeout(1500)

    assert page.url != chart
    assert "周桂芳" not in page.content()
    own.close()
