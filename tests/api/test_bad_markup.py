"""Markup in names and free words, typed, sent as FHIR, DICOM or ECG: every page shows it as text."""

import html
import re
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consortium.choices import Role
from diagnostics.models import ExamRequest
from imaging import services as imaging
from tests.emr.repository.conftest import Fhir
from tests.factories.api import of_staff
from tests.factories.consortium import make_staff, sign_in
from tests.factories.diagnostics import make_draft, make_examined, make_item, make_scene
from tests.factories.ecg import ecg_file
from tests.factories.emr import id_number, make_patient
from tests.factories.imaging import make_arrival, make_device
from tests.factories.referral import make_county, make_submitted

pytestmark = pytest.mark.django_db

EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'
SHORT = "<img src=x onerror=alert(1)>"


class Reader(HTMLParser):
    """Collects what a browser would run: elements that were planted, handlers, script addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on") or str(value).strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")
        if tag == "img" and dict(attrs).get("src") == "x":
            self.found.append("planted img")
        if tag == "script" and "src" not in dict(attrs):
            self.found.append("script inside the page")


def ran(page):
    reader = Reader()
    reader.feed(page)
    return [one for one in reader.found if "application/json" not in one]


def shown(staff, *paths, planted="onerror=alert(1)"):
    """Each page answers, runs nothing of it, and shows it as text."""
    browser = Client()
    sign_in(browser, staff)
    seen = False
    for path in paths:
        answer = browser.get(path, follow=True)
        page = answer.content.decode()
        assert answer.status_code == 200, path
        assert ran(page) == [], path
        assert "49" not in re.findall(r"\{\{7\*7\}\}|(?<=</script>)49", html.unescape(page)), path
        seen = seen or planted in html.unescape(page)
    assert seen, "the planted words are on none of these pages"


def test_the_reader_would_see_it():
    assert ran(f"<p>{EVIL}</p>") == ["img onerror=alert(1)", "planted img", "script inside the page"]
    assert ran(f"<p>{html.escape(EVIL)}</p>") == []


def test_words_of_a_chart():
    scene = make_scene()
    doctor = of_staff(scene.doctor)
    patient = str(make_patient(scene.branch, address=SHORT).pk)
    said = {
        "complaint": EVIL, "history": EVIL, "plan": EVIL, "allergies": [EVIL],
        "diagnoses": [{"text": EVIL}], "medicines": [{"name": EVIL, "directions": EVIL}],
    }  # fmt: skip
    made = doctor.post("encounters/", patient_id=patient, **said)
    assert made.status_code == 200
    tabs = [
        f"/patients/{patient}/?tab={tab}"
        for tab in ("summary", "timeline", "signs", "documents", "medicines")
    ]
    shown(scene.doctor, *tabs, f"/encounters/{made.json()['id']}/")


def test_a_name_that_is_markup():
    scene = make_scene()
    doctor = of_staff(scene.doctor)
    answer = doctor.post("patients/", name=SHORT, id_number=id_number(), phone="10000000001", address=EVIL)
    if answer.status_code == 422:
        assert list(answer.json()["fields"]) == ["name"]
        return
    patient = answer.json()["id"]
    shown(
        scene.doctor, f"/patients/{patient}/", "/patients/?view=all", f"/patients/{patient}/encounters/new/"
    )


def test_words_of_an_exam_and_its_report():
    scene = make_scene()
    item = make_item("CT-X", "CT", needs_review=False, name=EVIL[:70])
    doctor = of_staff(scene.doctor)
    said = {
        "patient_id": str(scene.patient_id),
        "item_code": item.code,
        "fee_state": "paid",
        "clinical_question": EVIL,
    }
    made = doctor.post("exams/", **said).json()
    examined = make_examined(scene, "ECG", clinical_question=EVIL)
    make_draft(scene, examined, findings=EVIL, impression=EVIL, advice=EVIL)
    version = ExamRequest.objects.get(pk=examined.pk).version
    signed = of_staff(scene.reader).post(f"exams/{examined.pk}/sign/", version=version).json()
    assert signed["status"] == "signed"
    shown(scene.doctor, "/orders/?tab=all", f"/orders/{made['id']}/", f"/reports/{signed['report_id']}/",
          f"/patients/{scene.patient_id}/exams/", f"/reports/{signed['report_id']}/verify/")  # fmt: skip
    shown(scene.reader, f"/ecg/read/{examined.pk}/")


def test_words_of_a_referral():
    county = make_county()
    leg = make_submitted(county, reason=EVIL, diagnosis=EVIL, history=EVIL, treatment=EVIL)
    pages = (f"/referrals/{leg.pk}/", "/referrals/", f"/patients/{county.patient.pk}/?tab=referrals")
    shown(
        make_staff(Role.BRANCH_DOCTOR, county.branch), f"/referrals/{leg.pk}/", f"/referrals/{leg.pk}/paper/"
    )
    shown(make_staff(Role.COORDINATOR, county.hospital), *pages[:2])


def test_what_a_device_and_a_cart_write(tmp_path):
    scene = make_scene()
    arrival = make_arrival(
        tmp_path, PatientName=SHORT, StudyDescription=SHORT, AccessionNumber="<b>", PatientID=SHORT
    )
    imaging.receive(by=make_device(scene.branch), arrivals=[arrival])
    technologist = of_staff(scene.technologist)
    file = SimpleUploadedFile("<img src=x onerror=alert(1)>.dcm", ecg_file(seed=5, patient_name=SHORT[:60]))
    kept = technologist.client.post("/api/v1/ecg/", {"recording": file})
    browser = Client()
    sign_in(browser, scene.technologist)
    for path in ("/imaging/unmatched/", "/ecg/unmatched/", f"/ecg/unmatched/{kept.json()['id']}/"):
        answer = browser.get(path)
        assert (answer.status_code, ran(answer.content.decode())) == (200, [])


def test_what_another_system_writes_as_fhir():
    scene = make_scene()
    fhir = Fhir(scene.branch)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script>{html.escape(SHORT)}</div>'
    about = {"subject": {"reference": f"Patient/{scene.patient_id}"}}
    fhir.post(
        "Condition",
        {
            "resourceType": "Condition",
            **about,
            "code": {"text": EVIL},
            "text": {"status": "generated", "div": div},
        },
    )
    fhir.post("AllergyIntolerance", {"resourceType": "AllergyIntolerance", "code": {"text": EVIL},
                                     "patient": {"reference": f"Patient/{scene.patient_id}"}})  # fmt: skip
    fhir.post("DiagnosticReport", {"resourceType": "DiagnosticReport", **about, "status": "final",
                                   "code": {"text": EVIL}, "conclusion": EVIL,
                                   "issued": "2026-11-20T08:00:00Z"})  # fmt: skip
    shown(scene.doctor, f"/patients/{scene.patient_id}/", f"/patients/{scene.patient_id}/?tab=timeline")
