"""Bad input at the running house: an upload without an end, a second click, the back button, an ended session."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from consortium.choices import IDLE, Role
from consortium.models import KeptForm, StaffSession
from emr.index.models import Patient
from emr.repository.models import Resource
from kernel import clock
from kernel.models import StoredFile
from tests.emr.repository.conftest import Fhir
from tests.factories.consortium import SESSION_KEY, make_organisation, make_staff, open_session
from tests.factories.emr import id_number, make_patient
from tests.journeys.bad import endless
from tests.live import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]

MEBIBYTE = 1024**2
FORM = {"Content-Type": "multipart/form-data; boundary=b0und"}


def cookies(staff) -> dict[str, str]:
    """The headers of somebody's browser."""
    store = SessionStore()
    store[SESSION_KEY] = str(open_session(staff).pk)
    store.create()
    said = {settings.SESSION_COOKIE_NAME: store.session_key, settings.CSRF_COOKIE_NAME: "t" * 32}
    pairs = "; ".join(f"{name}={value}" for name, value in said.items())
    return {"Cookie": pairs, "Accept-Language": "zh-hans"}


# -- two gigabytes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ecg/upload/", "/patients/new/", "/signin/"])
def test_two_gigabytes_at_the_portal_are_refused_by_their_announcement(live, path):
    told = endless(live.url, path, {**cookies(make_staff(Role.TECHNOLOGIST)), **FORM}, most=64 * MEBIBYTE)
    assert told.status == 413, told
    assert "文件过大" in told.text
    assert told.sent < 32 * MEBIBYTE
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("path", ["/ecg/upload/", "/signin/"])
def test_an_upload_that_does_not_say_how_long_it_is_ends_too(live, path):
    headers = {**cookies(make_staff(Role.TECHNOLOGIST)), **FORM}
    told = endless(live.url, path, headers, most=64 * MEBIBYTE, chunked=True)
    assert 400 <= told.status < 500, told
    assert told.sent < 32 * MEBIBYTE
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("path", ["/dicomweb/studies", "/fhir/Observation"])
def test_two_gigabytes_at_the_doors_of_machines(live, path):
    kind = (
        'multipart/related; type="application/dicom"; boundary=b' if "dicom" in path else "application/json"
    )
    bearer = Fhir(make_organisation(), "system/*.*", "dicomweb/*.*").headers["HTTP_AUTHORIZATION"]
    told = endless(live.url, path, {"Authorization": bearer, "Content-Type": kind}, most=64 * MEBIBYTE)
    assert told.status == 413, told
    assert told.sent < 32 * MEBIBYTE


# -- a person and her browser ---------------------------------------------------------------------------------


@pytest.fixture
def branch(live):
    return make_organisation()


@pytest.fixture
def page(sign_in_as, branch) -> Page:
    return sign_in_as(Role.BRANCH_DOCTOR, organisation=branch)


def write_note(page: Page, complaint: str) -> None:
    page.fill("main [name=complaint]", complaint)
    page.fill("main [name=diagnosis]", "头晕待查")
    page.fill("main [name=plan]", "卧床休息，明日复诊")


def visits(patient) -> int:
    return Resource.objects.filter(kind="Encounter", patient_id=patient.pk).count()


def test_a_second_click_registers_nobody_twice(live, page, branch):
    page.goto(f"{live.url}/patients/new/")
    number = id_number()
    page.fill("main [name=id_number]", number)
    page.fill("main [name=name]", "周桂芳")
    page.locator("main form button[type=submit]").dblclick()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/"))
    expect(page.locator(".ly-banner-name")).to_contain_text("周桂芳")
    assert Patient.objects.filter(organisation=branch).count() == 1
    assert number not in page.content()


def test_back_after_sending_and_sending_again_is_one_visit(live, page, branch):
    patient = make_patient(branch)
    page.goto(f"{live.url}/patients/{patient.pk}/encounters/new/")
    write_note(page, "头晕两小时")
    send(page, patient)
    page.go_back(wait_until="load")
    assert page.input_value("main [name=complaint]") == "头晕两小时"
    assert page.input_value("main [name=plan]") == "卧床休息，明日复诊"
    write_note(page, "头晕两小时")
    send(page, patient)
    assert visits(patient) == 1, "the same note sent again is the same visit"
    page.go_back(wait_until="load")
    write_note(page, "头晕两小时，伴呕吐")
    send(page, patient)
    assert visits(patient) == 2, "what was corrected is not thrown away"


def send(page: Page, patient) -> None:
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**/patients/{patient.pk}/", wait_until="load")


def test_a_session_that_ends_while_she_writes_loses_nothing(live, page, branch):
    patient = make_patient(branch)
    page.goto(f"{live.url}/patients/{patient.pk}/encounters/new/")
    write_note(page, "胸闷三天")
    StaffSession.objects.update(seen_at=clock.now() - IDLE - timedelta(minutes=1))
    # Not a click: whatever the page asks in the background meanwhile may have drawn the idle curtain over the button.
    page.locator("main form button[type=submit]").first.evaluate(
        "button => button.form.requestSubmit(button)"
    )
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/kept/**")
    expect(page.locator("main")).to_contain_text("胸闷三天")
    expect(page.locator("main")).to_contain_text("卧床休息，明日复诊")
    assert visits(patient) == 0
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**/patients/{patient.pk}/")
    expect(page.locator("main")).to_contain_text("头晕待查")
    assert visits(patient) == 1
    assert all(bytes(one.sealed) == b"" for one in KeptForm.objects.all())
