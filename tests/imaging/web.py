"""What the tests of DICOMweb share: callers, uploads, parts of answers, studies with a patient."""

import io
from pathlib import Path

import pydicom
from django.test import Client

from consortium import services as consortium
from consortium.choices import Role
from imaging import services
from imaging.engine.multipart import Parts, content_type
from imaging.models import Study
from kernel import ids
from kernel.actor import Actor
from tests.factories.consortium import make_staff, sign_in
from tests.factories.imaging import make_arrival, make_device, make_request, uid

SAMPLES = Path(pydicom.__file__).parent / "data" / "test_files"
HOUSE = Actor.system("imaging")


def bearer(place, *scopes: str) -> Client:
    """A test client with a bearer token of a system of `place`."""
    made = consortium.register_client(
        by=Actor.system("tests"), client_id=f"c{ids.uuid7().hex[-12:]}", name="PACS", organisation_id=place.pk,
        below=True, clearance=4, scopes=scopes or ("dicomweb/*.*",),
    )  # fmt: skip
    token = consortium.issue_token(
        by=Actor.system("tests"), client_id=made.client.client_id, secret=made.secret
    )
    return Client(HTTP_AUTHORIZATION=f"Bearer {token.access_token}")


def stow(
    client: Client,
    *files: bytes,
    boundary: str = "b0und",
    path: str = "/dicomweb/studies",
    tail: str = "--\r\n",
):
    parts = b"".join(
        f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode() + one + b"\r\n" for one in files
    )
    kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
    return client.generic("POST", path, parts + f"--{boundary}{tail}".encode(), content_type=kind)


def parts_of(response) -> list[tuple[str, bytes]]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    _kind, parameters = content_type(response["Content-Type"])
    parts = Parts(io.BytesIO(body), parameters["boundary"])
    found = []
    for headers in parts.each():
        pieces: list[bytes] = []
        parts.take(pieces.append)
        found.append((headers["content-type"], b"".join(pieces)))
    return found


def values(row: dict, tag: str) -> list:
    return row[tag].get("Value", [])


def matched(tmp_path, request=None, **said) -> Study:
    """A study that belongs to a patient."""
    request = request or make_request()
    arrival = make_arrival(tmp_path, AccessionNumber=request.accession_number, **said)
    outcome = services.receive(by=make_device(request.source), arrivals=[arrival])[0]
    return services.settle(by=HOUSE, study_id=outcome.study_id)


def reader_of(study: Study) -> Client:
    client = Client()
    sign_in(client, make_staff(Role.READER, study.request.centre))
    return client


def sample(tmp_path, name: str) -> tuple[Study, pydicom.Dataset]:
    """A file pydicom ships, sent for a request of the same patient."""
    request = make_request()
    dataset = pydicom.dcmread(SAMPLES / f"{name}.dcm")
    dataset.AccessionNumber, dataset.PatientName = request.accession_number, "Zhou^GuiFang"
    dataset.PatientBirthDate, dataset.PatientSex = "19590312", "F"
    dataset.StudyInstanceUID = dataset.get("StudyInstanceUID") or uid()
    dataset.SeriesInstanceUID = dataset.get("SeriesInstanceUID") or uid()
    arrival = make_arrival(tmp_path, dataset)
    outcome = services.receive(by=make_device(request.source), arrivals=[arrival])[0]
    return services.settle(by=HOUSE, study_id=outcome.study_id), dataset
