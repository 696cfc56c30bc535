"""A cart's program sends a recording; somebody says whose it is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ecg.models import Recording
from kernel.models import StoredFile
from tests.factories.api import of_staff
from tests.factories.diagnostics import make_request, make_scene
from tests.factories.ecg import ecg_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def send(program, data, name="ecg.dcm", **said):
    file = SimpleUploadedFile(name, data, "application/dicom")
    return program.client.post("/api/v1/ecg/", {"recording": file, **said})


def test_a_recording_is_sent_for_its_request(scene):
    request = make_request(scene)
    technologist = of_staff(scene.technologist)
    sent = send(technologist, ecg_file(), request_id=str(request.pk)).json()
    again = send(technologist, ecg_file(), request_id=str(request.pk)).json()
    assert (sent["request_id"], sent["id"]) == (str(request.pk), again["id"])
    assert [one["id"] for one in technologist.get("ecg/").json()["items"]] == [sent["id"]]
    assert Recording.objects.count() == 1


def test_a_recording_without_a_request_is_matched_by_hand(scene):
    request = make_request(scene)
    technologist = of_staff(scene.technologist)
    sent = send(technologist, ecg_file(seed=2)).json()
    assert sent["request_id"] is None
    assert len(technologist.get("ecg/", unmatched="true").json()["items"]) == 1
    at = f"ecg/{sent['id']}/match/"
    assert technologist.post(at, version=sent["version"], accession_number="EC0000000000").status_code == 422
    assert technologist.post(at, version=9, accession_number=request.accession_number).status_code == 409
    said = {"version": sent["version"], "accession_number": request.accession_number, "key": "m-1"}
    first, again = technologist.post(at, **said).json(), technologist.post(at, **said).json()
    assert (first["request_id"], first) == (str(request.pk), again)


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"", 422), (b"MZ" + bytes(300), 415), (b"%PDF-1.7 " * 50, 415), (bytes(21 << 20), 413)],
)
def test_what_is_no_ecg_leaves_nothing(scene, data, status):
    assert send(of_staff(scene.technologist), data).status_code == status
    assert (Recording.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_form_without_a_file_is_422(scene):
    program = of_staff(scene.technologist)
    assert program.client.post("/api/v1/ecg/", {"recording": "text"}).status_code == 422
    assert program.client.post("/api/v1/ecg/", {}).status_code == 422
    assert program.send("POST", "ecg/", {"recording": "x"}).status_code == 422
    answer = program.client.generic(
        "POST", "/api/v1/ecg/", b"--x\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code in (400, 422)
