"""Bad input at the doors: the right status, a sentence in Chinese, nothing half-written, nothing typed lost."""

from threading import Thread
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pynetdicom import AE

from consortium.choices import Role
from diagnostics.models import ExamRequest, Material
from ecg.models import Recording
from emr.index.models import Patient, Person
from emr.repository.models import Resource, ResourceHistory
from imaging.dimse.receiver import Receiver
from imaging.models import Instance, Quarantined, Study
from kernel.models import AuditEntry, StoredFile
from referral.models import Attachment, Referral
from tests.emr.repository.conftest import Fhir, told
from tests.factories.consortium import make_organisation, make_staff
from tests.factories.diagnostics import make_request, make_scene
from tests.factories.ecg import ecg_file
from tests.factories.emr import id_number, make_patient
from tests.factories.imaging import CT, file_bytes, make_dataset
from tests.factories.referral import make_county
from tests.imaging.web import bearer, stow
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
    assert not association.is_established
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
