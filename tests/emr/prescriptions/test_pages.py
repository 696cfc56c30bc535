"""Prescriptions as their users meet them: written on a page, warned, printed, checked by a stranger, over the API."""

import html
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.choices import Role
from emr.prescriptions import selectors, services
from emr.prescriptions.choices import PAPER
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors.printed import sheet
from emr.repository import selectors as stored
from kernel import papers
from kernel.models import AuditEntry, PaperSeal
from referral.selectors.form.filled import from_record
from tests.factories.api import of_staff
from tests.factories.consortium import make_staff, sign_in
from tests.factories.prescriptions import line, make_prescription, make_visit
from tests.referral.papers.test_form_pdf import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return make_visit(allergies=["青霉素"])


@pytest.fixture
def browser(visit):
    found = Client(headers={"accept-language": "zh-hans"})
    sign_in(found, visit.staff)
    return found


def typed(visit, **said):
    return {
        "kind": "ordinary", "diagnoses": visit.diagnoses, "key": uuid4().hex, "name_1": "氨氯地平片",
        "strength_1": "5mg×7片", "dose_1": "5", "unit_1": "mg", "often_1": "qd", "route_1": "1", "days_1": "7",
        "amount_1": "1", "pack_1": "盒", **said,
    }  # fmt: skip


def written(visit):
    return reverse("emr:prescribe", args=[visit.encounter])


def squeezed(text):
    return re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", text)))


def test_it_is_written_signed_and_stands_on_the_chart(browser, visit):
    page = browser.get(written(visit))
    answer = browser.post(written(visit), typed(visit))

    made = Prescription.objects.get()
    assert (page.status_code, answer.status_code) == (200, 302)
    assert answer.url == reverse("emr:prescription", args=[made.pk])
    medicines = browser.get(reverse("emr:chart", args=[visit.patient.pk]), {"tab": "medicines"}).text
    panel = browser.get(reverse("emr:prescriptions", args=[visit.patient.pk])).text
    assert answer.url in medicines
    assert [word in panel for word in (made.number, "氨氯地平片 5mg×7片", "已签名")] == [True] * 3
    assert (
        reverse("emr:prescribe", args=[visit.encounter])
        in browser.get(reverse("emr:encounter", args=[visit.encounter])).text
    )


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(browser, visit):
    answer = browser.post(
        written(visit), typed(visit, days_1="9", dose_1="0", name_2="二甲双胍片", days_2="7")
    )

    assert (answer.status_code, Prescription.objects.count()) == (422, 0)
    said = ["这种处方为 1 至 7 天。", "每次用多少？", "发多少？"]
    assert [one for one in [*said, "氨氯地平片", "二甲双胍片"] if one not in answer.text] == []


def test_a_warning_is_read_and_answered_with_a_reason(browser, visit):
    said = typed(visit, name_1="阿莫西林胶囊")

    warned = browser.post(written(visit), said)
    seen = re.search(r'name="seen" value="([^"]+)"', warned.text)
    bare = browser.post(written(visit), {**said, "override": "曾用过，无反应"})
    done = browser.post(
        written(visit), {**said, "seen": html.unescape(seen[1]), "override": "曾用过，无反应"}
    )

    assert (warned.status_code, bare.status_code, done.status_code) == (409, 409, 302)
    assert ["过敏" in warned.text, "青霉素" in warned.text, "阿莫西林胶囊" in warned.text] == [True] * 3
    assert "曾用过，无反应" in browser.get(done.url).text


def test_the_same_form_twice_is_one_sheet(browser, visit):
    said = typed(visit)
    first, again = (browser.post(written(visit), said).url for _ in range(2))
    assert (first, Prescription.objects.count()) == (again, 1)


def test_page_and_pdf_say_every_word_of_the_sheet_and_the_kind_of_key(browser, visit):
    made = make_prescription(visit, line(), line("二甲双胍片", often="bid", note="饭后"))
    paper = selectors.paper(by=visit.doctor, prescription_id=made.pk)
    drawn = sheet(by=visit.doctor, paper=paper, site="http://testserver")

    page = squeezed(browser.get(reverse("emr:prescription", args=[made.pk])).text)
    answer = browser.post(reverse("emr:print_prescription", args=[made.pk]))
    text, pdf = read(answer.content)

    words = [squeezed(one) for one in drawn.texts]
    assert [one for one in words if one not in page] == []
    assert [one for one in words if one not in squeezed(text)] == []
    assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [420, 595]
    assert drawn.signs[0].kind == "平台软件签名（演示），未经持证 CA"
    assert (answer["Content-Type"], "no-store" in answer["Cache-Control"]) == ("application/pdf", True)
    assert AuditEntry.objects.filter(action="emr.prescription_printed", subject_id=str(made.pk)).count() == 1


def checked(made):
    token = PaperSeal.objects.get(kind=PAPER, subject=made.pk).token
    return Client(headers={"accept-language": "zh-hans"}).get(f"{papers.PATH}{token}").text


def test_a_stranger_with_the_paper_learns_whether_it_holds_and_no_medicine(visit):
    made = make_prescription(visit)

    genuine = checked(made)
    services.void(by=visit.doctor, prescription_id=made.pk, version=1, reason="changed")
    void = checked(made)

    assert [word in genuine for word in ("真实", made.valid_date.isoformat(), visit.place.short_name)] == [
        True
    ] * 3
    assert [word in genuine for word in ("氨氯地平", "原发性高血压")] == [False, False]
    assert "已失效" in void


def test_a_seal_of_other_words_is_altered(visit):
    made = make_prescription(visit)
    PaperSeal.objects.filter(subject=made.pk).update(digest=papers.digest(b"other"))

    paper = selectors.paper(by=visit.doctor, prescription_id=made.pk)
    assert (paper.genuine, "被改动" in checked(made)) == (False, True)


def test_void_is_pressed_on_the_sheet(browser, visit):
    made = make_prescription(visit)
    address = reverse("emr:void_prescription", args=[made.pk])

    bare = browser.post(address, {"version": "1"})
    done = browser.post(address, {"version": "1", "reason": "mistake", "words": "剂量写错", "key": "k"})
    page = browser.get(done.url).text

    assert (bare.status_code, done.status_code) == (422, 302)
    assert [word in page for word in ("处方笺（已作废）", "开错了；剂量写错", "当日有效")] == [
        True,
        True,
        False,
    ]


def test_the_referral_form_lists_what_was_prescribed(visit):
    make_prescription(visit)

    filled = from_record(by=visit.doctor, patient_id=visit.patient.pk)

    assert filled["regimen"] == "氨氯地平片 5mg×7片 5 mg 每日一次（qd）口服，7 天"


def test_the_list_takes_the_same_statements_for_one_and_three(visit):
    counts = []
    for name in ("氨氯地平片", "二甲双胍片", "阿司匹林肠溶片"):
        make_prescription(visit, line(name))
        with CaptureQueriesContext(connection) as asked:
            selectors.listed(by=visit.doctor, patient_id=visit.patient.pk)
        counts.append(len(asked))
    assert [counts[0], counts[2]] == [3, 3]


def test_who_may_not_prescribe_reads_why_on_the_page(visit):
    nurse = make_staff(Role.BRANCH_DOCTOR, visit.place, licence="nurse")
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, nurse)

    page = client.get(written(visit)).text

    assert ("您的执业资格没有处方权。" in page, 'name="name_1"' in page) == (True, False)


# -- programs ---------------------------------------------------------------------------------------------------


def test_a_person_s_program_signs_reads_and_voids(visit):
    program = of_staff(visit.staff)
    order = {
        "encounter_id": str(visit.encounter), "diagnoses": visit.diagnoses, "key": "p-1",
        "lines": [{"name": "阿莫西林胶囊", "dose": "0.5", "unit": "g", "often": "tid", "route": "1", "days": 3,
                   "amount": 1, "pack": "盒"}],
    }  # fmt: skip

    warned = program.post("prescriptions/", **order)
    (key,) = warned.json()["fields"]
    made = program.post("prescriptions/", **order, seen=[key], override="曾用过")
    again = program.post("prescriptions/", **order, seen=[key], override="曾用过")
    row = made.json()
    listed = program.get("prescriptions/", patient_id=str(visit.patient.pk)).json()
    void = program.post(f"prescriptions/{row['id']}/void/", version=1, reason="mistake", key="v-1")

    assert (warned.status_code, warned.json()["code"], key) == (409, "warned", "allergy:阿莫西林胶囊:青霉素")
    assert (made.status_code, again.json()["id"], [one["id"] for one in listed]) == (
        200,
        row["id"],
        [row["id"]],
    )
    assert (row["number"], row["status"], row["medicines"][0]["name"]) == (
        Prescription.objects.get().number, "signed", "阿莫西林胶囊",
    )  # fmt: skip
    assert (void.json()["status"], void.json()["version"]) == ("void", 2)
    assert program.get(f"prescriptions/{row['id']}/").json()["status"] == "void"
    assert (
        stored.of_patient(by=visit.doctor, patient_id=visit.patient.pk, kind="MedicationRequest")[0]["status"]
        == "entered-in-error"
    )
