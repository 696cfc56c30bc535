"""Bad input at the doors: the right status, a sentence in Chinese, nothing half-written, nothing typed lost."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pynetdicom import AE

from consortium.choices import LONGEST, Role
from consortium.models import KeptForm, StaffSession
from diagnostics.models import ExamRequest, Material
from ecg.models import Recording
from emr.capacity.models import BedUse
from emr.index.models import Patient, Person
from emr.repository.models import Resource, ResourceHistory
from imaging.dimse.receiver import Receiver
from imaging.models import Instance, Quarantined, Study
from kernel import clock
from kernel.models import AuditEntry, StoredFile
from referral.models import Attachment, HistoryEntry, Referral
from tests.emr.repository.conftest import Fhir, told
from tests.factories.consortium import make_department, make_organisation, make_staff
from tests.factories.diagnostics import make_request, make_scene
from tests.factories.ecg import ecg_file
from tests.factories.emr import id_number, make_patient
from tests.factories.imaging import CT, file_bytes, make_dataset
from tests.factories.referral import make_county, make_submitted
from tests.imaging.web import bearer, parts_of, stow
from tests.journeys.bad import alert, desk, untouched

RECORDS = (Person, Patient, Resource, ResourceHistory)
EXAMS = (ExamRequest, Material, Recording, Study, Instance, StoredFile, Resource)
TEXT = "尊敬的同事：这是一封信，不是一份心电图。\n".encode() * 40


@pytest.fixture
def scene(db):
    return make_scene()


def mistyped(number: str) -> str:
    """The number with another last character."""
    return number[:17] + ("1" if number[17] != "1" else "2")


# -- wrong check digit ----------------------------------------------------------------------------------------


def test_a_wrong_check_digit_at_the_registration_desk(db):
    doctor = desk(make_staff(Role.BRANCH_DOCTOR))
    typed = {
        "id_kind": "resident",
        "id_number": mistyped(id_number()),
        "name": "周桂芳",
        "address": "柳溪镇 8 号",
    }

    with untouched(*RECORDS):
        answer = doctor.post(reverse("emr:register"), typed)

    assert answer.status_code == 422
    assert "校验" in alert(answer)
    page = answer.content.decode()
    assert all(words in page for words in (typed["id_number"], "周桂芳", "柳溪镇 8 号"))


def test_a_wrong_check_digit_from_another_system(db):
    number = mistyped(id_number())
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": number}],
        "name": [{"text": "周桂芳"}],
        "gender": "female",
        "birthDate": "1959-03-12",
    }
    system = Fhir(make_organisation())

    with untouched(*RECORDS):
        answer = system.post("Patient", patient)

    assert answer.status_code == 422
    issue = told(answer)["issue"][0]
    assert "校验" in issue["diagnostics"]
    assert number not in answer.content.decode()


# -- an organisation nobody knows -----------------------------------------------------------------------------


def test_an_unknown_organisation_pushed_by_another_system(db):
    system = Fhir(make_organisation())
    patient = make_patient(system.place)
    visit = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient.pk}"},
        "serviceProvider": {"reference": f"Organization/{uuid4()}"},
    }

    with untouched(*RECORDS):
        answer = system.post("Encounter", visit)

    assert answer.status_code == 422
    assert "不是本平台登记的机构" in told(answer)["issue"][0]["diagnostics"]
    assert system.post("Encounter", known(visit, system.place)).status_code == 201


def known(visit, place):
    return {**visit, "serviceProvider": {"reference": f"Organization/{place.pk}"}}


def test_an_unknown_organisation_as_the_target_of_a_referral(db):
    county = make_county()
    doctor = desk(make_staff(Role.BRANCH_DOCTOR, county.branch))
    typed = {"target": f"{uuid4()}:", "priority": "urgent", "diagnosis": "完全性房室传导阻滞"}
    typed |= {"reason": "头晕黑蒙，本院无起搏条件", "consent": "patient", "key": "k1"}

    with untouched(Referral, Attachment):
        answer = doctor.post(reverse("referral:new", args=[county.patient.pk]), typed)

    assert answer.status_code == 422
    assert alert(answer)
    assert "头晕黑蒙，本院无起搏条件" in answer.content.decode()
    assert "完全性房室传导阻滞" in answer.content.decode()


def test_a_device_nobody_registered_is_turned_away(race_db, tmp_path):
    receiver = Receiver(host="127.0.0.1", port=0, folder=tmp_path / "spool")
    thread = Thread(target=receiver.serve, daemon=True)
    thread.start()
    device = AE(ae_title="NOBODY")
    device.add_requested_context(CT)

    association = device.associate("127.0.0.1", receiver.port, ae_title="LIANYI")

    receiver.stop()
    thread.join(10)
    assert association.is_rejected
    assert not list((tmp_path / "spool").iterdir())
    refused = AuditEntry.objects.get(action="imaging.association_refused")
    assert refused.detail["calling"] == "NOBODY"


# -- a patient of somebody else -------------------------------------------------------------------------------


def test_a_strangers_patient_is_not_there(scene):
    exam = make_request(scene, "CT")
    stranger = desk(make_staff(Role.BRANCH_DOCTOR, make_organisation()))
    pages = [
        reverse("diagnostics:order", args=[exam.pk]),
        reverse("emr:chart", args=[uuid4()]),
        reverse("diagnostics:order_new", args=[scene.patient_id]),
        reverse("emr:new_encounter", args=[scene.patient_id]),
        reverse("referral:new", args=[scene.patient_id]),
    ]
    for page in pages:
        answer = stranger.get(page, follow=True)
        assert answer.status_code == 404, page
        assert "不归您的岗位查看" in alert(answer), page
    refused = AuditEntry.objects.filter(action="access.out_of_reach")
    assert refused.count() >= len(pages)


def test_a_strangers_chart_shows_who_only_masked_and_the_ways_to_open_it(scene):
    card = Patient.objects.get(pk=scene.patient_id)
    stranger = desk(make_staff(Role.BRANCH_DOCTOR, make_organisation()))
    answer = stranger.get(reverse("emr:chart", args=[card.pk]))
    assert answer["Location"] == reverse("emr:open", args=[card.pk])


def test_a_strangers_patient_through_the_doors_of_machines(scene):
    stranger = make_organisation()
    fhir = Fhir(stranger)
    pacs = bearer(stranger)
    study = make_dataset()
    stow(bearer(scene.branch), file_bytes(study))

    answers = [
        fhir.get(f"Patient/{scene.patient_id}"),
        pacs.get(f"/dicomweb/studies/{study.StudyInstanceUID}"),
        pacs.get(f"/dicomweb/studies/{study.StudyInstanceUID}/metadata"),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert told(answers[0])["issue"][0]["code"] == "not-found"
    assert told(fhir.get(f"Observation?patient={scene.patient_id}")).get("entry") is None
    assert pacs.get("/dicomweb/studies").content in {b"[]", b""}


# -- files that are not what they say -------------------------------------------------------------------------


def upload(client, name: str, data: bytes, request: ExamRequest):
    sent = {"recordings": SimpleUploadedFile(name, data), "request_id": str(request.pk)}
    return client.post(reverse("ecg:upload"), sent)


@pytest.mark.parametrize(
    ("name", "data", "status", "words"),
    [
        ("letter.dcm", TEXT, 415, "无法识别"),
        ("cut.dcm", ecg_file()[:9000], 422, "不完整或已损坏"),
        ("cut-at-the-end.dcm", ecg_file()[:-2000], 422, "不完整或已损坏"),
        ("empty.dcm", b"", 422, "空"),
    ],
)
def test_a_file_that_is_no_ecg_or_breaks_off(scene, name, data, status, words):
    order = make_request(scene)
    with untouched(*EXAMS):
        answer = upload(desk(scene.technologist), name, data, order)
    assert answer.status_code == status
    assert words in alert(answer)
    assert str(order.pk) in answer.content.decode(), "the order stays chosen"
    order.refresh_from_db()
    assert order.status == "requested"


def test_a_letter_named_dcm_sent_to_the_archive(db):
    place = make_organisation()
    with untouched(Study, Instance):
        answer = stow(bearer(place), TEXT)
    assert answer.status_code == 415
    (aside,) = Quarantined.objects.all()
    page = desk(make_staff(Role.TECHNOLOGIST, place)).get(reverse("imaging:quarantine"))
    assert page.status_code == 200
    assert "DICOM" in page.content.decode()
    assert aside.size == len(TEXT), "what came is kept"


def test_a_picture_that_breaks_off(db):
    with untouched(Study, Instance):
        answer = stow(bearer(make_organisation()), file_bytes(make_dataset())[:-200])
    assert answer.status_code == 422


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
REFERRAL = {"priority": "urgent", "diagnosis": "头晕待查", "reason": "本院无条件", "consent": "patient"}


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
