"""Sent twice, after the session had ended, or of nobody known: nothing typed is lost, nothing doubled."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consortium.choices import LONGEST, Role
from consortium.models import KeptForm, StaffSession
from diagnostics.models import ExamRequest, Material
from ecg.models import Recording
from emr.capacity.models import BedUse
from emr.index.models import Patient, Person
from emr.repository.models import Resource, ResourceHistory
from imaging.models import Instance, Quarantined, Study
from insurance_bridge import services as insurance
from insurance_bridge.models import Shift
from kernel import clock
from kernel.models import StoredFile
from referral.models import HistoryEntry, Referral
from tests.factories.consortium import make_actor, make_department, make_staff
from tests.factories.diagnostics import make_draft, make_examined, make_request, make_scene
from tests.factories.ecg import ecg_file
from tests.factories.emr import id_number, make_patient
from tests.factories.imaging import file_bytes, make_dataset
from tests.factories.referral import make_county, make_submitted
from tests.imaging.web import bearer, parts_of, stow
from tests.journeys.bad import alert, desk, untouched

RECORDS = (Person, Patient, Resource, ResourceHistory)
EXAMS = (ExamRequest, Material, Recording, Study, Instance, StoredFile, Resource)


@pytest.fixture
def scene(db):
    return make_scene()


# -- sent twice -----------------------------------------------------------------------------------------------


def test_a_form_sent_twice_has_one_effect(scene):
    doctor = desk(scene.doctor)
    patient = reverse("emr:chart", args=[scene.patient_id])
    make_request(scene, "CT")
    forms = {
        reverse("emr:register"): {
            "id_kind": "resident",
            "id_number": id_number(),
            "name": "周桂芳",
            "key": "a" * 32,
        },
        f"{patient}encounters/new/": {**VISIT, "key": "b" * 32},
        f"{patient}orders/new/": {**ORDER, "key": "c" * 32, "anyway": "on"},
        reverse("referral:new", args=[scene.patient_id]): {**REFERRAL, **target(scene), "key": "d" * 32},
    }
    for address, typed in forms.items():
        first = doctor.post(address, typed)
        assert first.status_code == 302, alert(first)
        with untouched(*RECORDS, *EXAMS, Referral):
            again = doctor.post(address, typed)
        assert (again.status_code, again["Location"]) == (302, first["Location"]), address


VISIT = {"kind": "AMB", "complaint": "头晕黑蒙", "diagnosis": "头晕待查", "allergy_answer": "keep"}
ORDER = {"item_code": "ITEM-CT", "priority": "urgent", "fee_state": "paid", "clinical_question": "出血？"}
REFERRAL = {"priority": "urgent", "diagnosis": "头晕待查", "reason": "本院无条件"}
REFERRAL |= {"consent": "patient", "consent_way": "paper"}


def target(scene) -> dict[str, str]:
    return {"target": f"{scene.centre.pk}:{make_department(scene.centre).pk}"}


def test_one_bed_given_twice_with_the_version_of_before(db):
    county = make_county()
    referral = make_submitted(county)
    first, second = (desk(make_staff(Role.COORDINATOR, county.hospital)) for _ in range(2))
    accept = reverse("referral:accept", args=[referral.pk])
    typed = {"version": str(referral.version), "department": str(county.ward.pk), "bed": str(county.bed.pk)}
    assert first.post(accept, {**typed, "key": "a"}).status_code == 302
    with untouched(BedUse, HistoryEntry):
        late = second.post(accept, {**typed, "key": "b"})
    assert late.status_code == 409
    assert alert(late)


# -- refused on a page of several forms -------------------------------------------------------------------------


def comes_back(answer, typed: str, words: str) -> None:
    """The page says why in words, and what was typed stands in it."""
    assert answer.status_code in (409, 422)
    assert words in alert(answer)
    assert typed in answer.content.decode()


def test_what_a_cashier_typed_stands_in_the_form_it_was_typed_in(scene):
    cashier = make_staff(Role.CASHIER, scene.centre)
    patient = make_patient(scene.centre)
    visit = insurance.open_visit(
        by=make_actor(Role.CASHIER, scene.centre), key="v", patient_id=patient.pk, kind="outpatient"
    )
    page = reverse("insurance_bridge:visit", args=[visit.pk])
    client = desk(cashier)
    deposit = client.post(f"{page}deposit/", {"amount": "12.345", "method": "cash", "key": "a"})
    comes_back(deposit, 'value="12.345"', "小数")
    fee = client.post(f"{page}fees/", {"item_code": "没有的项目", "quantity": "2.5", "key": "b"})
    comes_back(fee, 'value="没有的项目"', "没有这个收费项目")
    assert 'value="2.5"' in fee.content.decode()


def test_a_shift_closed_meanwhile_says_so(scene):
    cashier = make_staff(Role.CASHIER, scene.centre)
    patient = make_patient(scene.centre)
    visit = insurance.open_visit(
        by=make_actor(Role.CASHIER, scene.centre), key="v", patient_id=patient.pk, kind="outpatient"
    )
    client = desk(cashier)
    taken = {"amount": "5.00", "method": "cash", "key": "a"}
    assert client.post(reverse("insurance_bridge:deposit", args=[visit.pk]), taken).status_code == 302
    shift = Shift.objects.get()
    close = reverse("insurance_bridge:close_shift", args=[shift.pk])
    counted = {"counted_cash": "5.00", "counted_mobile": "0", "version": str(shift.version)}
    assert client.post(close, {**counted, "key": "b"}).status_code == 302
    again = client.post(close, {**counted, "key": "c"})
    assert again.status_code == 409
    assert "请" in alert(again)


def test_a_reason_typed_too_late_is_there_to_be_sent_again(scene):
    order = make_request(scene, "CT")
    typed = {"reason": "患者已去外院检查", "version": "7", "key": "a"}
    cancelled = desk(scene.doctor).post(reverse("diagnostics:cancel", args=[order.pk]), typed)
    comes_back(cancelled, 'value="患者已去外院检查"', "请")
    examined = make_draft(scene, make_examined(scene, "CT"))
    typed = {"reason": "左下肺未写", "version": "7", "key": "a"}
    returned = desk(scene.reviewer).post(reverse("diagnostics:send_back", args=[examined.pk]), typed)
    comes_back(returned, 'value="左下肺未写"', "请")


def test_an_object_put_aside_keeps_the_words_about_it(scene):
    stow(bearer(scene.centre), b"Dear colleague" * 40)
    (aside,) = Quarantined.objects.all()
    typed = {"reason": "已请设备科检查", "version": "9", "key": "a"}
    late = desk(make_staff(Role.TECHNOLOGIST, scene.centre)).post(
        reverse("imaging:close", args=[aside.pk]), typed
    )
    comes_back(late, 'value="已请设备科检查"', "请")


def test_a_code_of_no_form_says_so(scene):
    typed = {"code": "R0000000000"}
    comes_back(desk(scene.doctor).post(reverse("referral:scan"), typed), 'value="R0000000000"', "没有")


# -- a session that ends in the middle of a form --------------------------------------------------------------


def test_what_was_typed_survives_the_end_of_the_session(scene):
    doctor = desk(scene.doctor)
    address = reverse("emr:new_encounter", args=[scene.patient_id])
    StaffSession.objects.update(started_at=clock.now() - LONGEST - timedelta(minutes=1))
    with untouched(Resource):
        answer = doctor.post(address, VISIT)
    kept = KeptForm.objects.get()
    assert answer["Location"].endswith(f"%2Fkept%2F{kept.pk}%2F")
    assert (kept.staff_id, kept.path) == (scene.doctor.pk, address)
    again = desk(scene.doctor)
    page = again.get(f"/kept/{kept.pk}/")
    assert all(words in page.content.decode() for words in ("头晕黑蒙", "头晕待查"))
    assert desk(scene.technologist).get(f"/kept/{kept.pk}/").status_code == 404
    sent = again.post(address, {**VISIT, "kept_form": str(kept.pk)})
    assert sent.status_code == 302
    kept.refresh_from_db()
    assert (bytes(kept.sealed), again.get(f"/kept/{kept.pk}/").status_code) == (b"", 404)


# -- whose is it? ---------------------------------------------------------------------------------------------


def test_a_critical_ecg_of_nobody_is_kept_waits_and_alarms(scene):
    data = ecg_file("avb3", 30, patient_name="测试^某某", patient_id="X1", accession_number="EC0000000000")
    answer = desk(scene.technologist).post(
        reverse("ecg:upload"), {"recordings": SimpleUploadedFile("a", data)}
    )
    assert answer.status_code == 200
    recording = Recording.objects.get()
    assert (recording.request_id, recording.patient_id) == (None, None)
    assert "待匹配" in answer.content.decode() or "未匹配" in answer.content.decode()
    reader = desk(scene.reader)
    waits = reverse("ecg:unmatched_recording", args=[recording.pk])
    assert waits in reader.get(reverse("ecg:unmatched")).content.decode()
    assert "测试" in reader.get(waits).content.decode()
    assert [one.notification.level for one in scene.reader.notices.all()] == [2]
    assert scene.reader.notices.get().notification.url == waits
    wrong = reader.post(waits, {"version": "1", "accession_number": "EC9999999999"})
    assert (wrong.status_code, "EC9999999999" in wrong.content.decode()) == (422, True)
    assert alert(wrong)


def test_a_study_of_nobody_is_kept_and_waits(scene):
    study = make_dataset(AccessionNumber="CT0000000000")
    assert stow(bearer(scene.branch), file_bytes(study)).status_code == 200
    held = Study.objects.get()
    assert (held.status, held.request_id, held.patient_id) == ("unmatched", None, None)
    technologist = desk(scene.technologist)
    page = technologist.get(reverse("imaging:unmatched")).content.decode()
    assert reverse("imaging:held", args=[held.pk]) in page
    assert scene.technologist.notices.get().notification.url == reverse("imaging:unmatched")
    assert file_bytes(study) == archived(technologist, study)


def archived(client, study) -> bytes:
    """The object as the archive gives it back."""
    answer = client.get(f"/dicomweb/studies/{study.StudyInstanceUID}", headers={"accept": "*/*"})
    return parts_of(answer)[0][1]
