"""DICOMweb: what comes in goes out unchanged, is found by every name, and is open to nobody else."""

import io
import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium import services as consortium
from consortium.choices import Role
from imaging import services
from imaging.engine.multipart import Parts, content_type
from imaging.models import Instance, Quarantined, Study
from imaging.rest import doors, objects
from kernel import ids
from kernel.actor import Actor
from kernel.models import AuditEntry
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.factories.imaging import file_bytes, make_arrival, make_dataset, make_device, make_request, uid

pytestmark = pytest.mark.django_db
SAMPLES = Path(pydicom.__file__).parent / "data" / "test_files"
HOUSE = Actor.system("imaging")


@pytest.fixture(autouse=True)
def _fresh():
    doors._opened.clear()
    objects._verified.clear()


def bearer(place, *scopes: str) -> Client:
    """A test client with a bearer token of a system of `place`."""
    made = consortium.register_client(
        by=Actor.system("tests"), client_id=f"c{ids.uuid7().hex[-12:]}", name="PACS", organisation_id=place.pk,
        below=True, clearance=4, scopes=scopes or ("dicomweb/*.*",),
    )  # fmt: skip
    token = consortium.issue_token(by=Actor.system("tests"), client_id=made.client.client_id, secret=made.secret)
    return Client(HTTP_AUTHORIZATION=f"Bearer {token.access_token}")


def stow(client: Client, *files: bytes, boundary: str = "b0und", path: str = "/dicomweb/studies", tail: str = "--\r\n"):
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


# -- STOW -------------------------------------------------------------------------------------------------------


def test_stow_stores_and_wado_gives_back_every_byte():
    place = make_organisation()
    pacs, dataset = bearer(place), make_dataset()

    answer = stow(pacs, file_bytes(dataset))

    stored = json.loads(answer.content)["00081199"]["Value"][0]
    assert (answer.status_code, values(stored, "00081155")) == (200, [str(dataset.SOPInstanceUID)])
    # Nobody is assigned to it yet, so only technologists of the place see it.
    technologist = Client()
    sign_in(technologist, make_staff(Role.TECHNOLOGIST, place))
    address = f"/dicomweb/studies/{dataset.StudyInstanceUID}"
    assert parts_of(technologist.get(address))[0][1] == file_bytes(dataset)
    assert pacs.get(address).status_code == 404


def test_stow_answers_for_each_object():
    good, other = make_dataset(), make_dataset()
    pacs = bearer(make_organisation())

    answer = stow(pacs, file_bytes(good), b"Dear colleague", file_bytes(other)[:-100])

    body = json.loads(answer.content)
    assert answer.status_code == 202
    assert [values(one, "00081197") for one in body["00081198"]["Value"]] == [[0xC000], [0xC000]]
    assert (Instance.objects.count(), Quarantined.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("data", "status"), [(b"Dear colleague, see the picture", 415), (file_bytes(make_dataset())[:-200], 422)]
)
def test_stow_of_nothing_readable(data, status):
    answer = stow(bearer(make_organisation()), data)

    assert (answer.status_code, Instance.objects.count()) == (status, 0)


def test_stow_that_breaks_off_leaves_nothing():
    answer = stow(bearer(make_organisation()), file_bytes(make_dataset()), tail="")

    assert (answer.status_code, Instance.objects.count(), Quarantined.objects.count()) == (400, 0, 0)


def test_stow_too_large_is_refused_by_its_length(settings):
    settings.DICOM_MAX_BYTES = 1000

    assert stow(bearer(make_organisation()), file_bytes(make_dataset())).status_code == 413


def test_stow_of_another_media_type():
    pacs = bearer(make_organisation())

    assert pacs.post("/dicomweb/studies", {"a": "b"}).status_code == 415


def test_stow_into_a_named_study_takes_only_its_objects():
    dataset = make_dataset()

    answer = stow(bearer(make_organisation()), file_bytes(dataset), path=f"/dicomweb/studies/{uid()}")

    assert (answer.status_code, Instance.objects.count()) == (409, 0)


def test_stow_needs_the_scope_and_a_client():
    place = make_organisation()
    person = Client()
    sign_in(person, make_staff(Role.TECHNOLOGIST, place))

    assert stow(bearer(place, "system/Patient.read"), file_bytes(make_dataset())).status_code == 403
    assert stow(person, file_bytes(make_dataset())).status_code == 403
    assert stow(Client(), file_bytes(make_dataset())).status_code == 401


# -- QIDO -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["PatientName=周桂芳", "PatientName=*桂*", "PatientName=周*", "PatientName=zhou*", "PatientName=Zhou^GuiFang",
     "PatientName=zgf", "PatientName=Zhou%5EGuiFang=周%5E桂芳", "00100010=zhouguifang", "PatientName=guif&fuzzymatching=true",
     "ModalitiesInStudy=CT", "StudyDate=20261101-20261130", "StudyDate=20261121", "StudyDate=-20261121",
     "StudyTime=1030-1035", "StudyDescription=胸部*", "PatientSex=F", ""],
)  # fmt: skip
def test_qido_finds_a_study(tmp_path, query):
    study = matched(tmp_path)

    found = json.loads(reader_of(study).get(f"/dicomweb/studies?{query}").content)

    assert [values(row, "0020000D") for row in found] == [[study.uid]]
    assert values(found[0], "00100010") == [{"Alphabetic": "Zhou^GuiFang", "Ideographic": "周^桂芳"}]


@pytest.mark.parametrize(
    "query",
    ["PatientName=李*", "PatientName=hou*", "ModalitiesInStudy=MR", "StudyDate=20261122-", "PatientID=nobody",
     "AccessionNumber=CT1", "StudyInstanceUID=1.2.3", "PatientName=%25"],
)  # fmt: skip
def test_qido_leaves_out_what_does_not_match(tmp_path, query):
    study = matched(tmp_path)

    assert json.loads(reader_of(study).get(f"/dicomweb/studies?{query}").content) == []


@pytest.mark.parametrize("query", ["limit=x", "offset=-1", "StudyDate=yesterday", "StudyInstanceUID=1.2'--"])
def test_qido_says_what_it_does_not_understand(tmp_path, query):
    study = matched(tmp_path)

    assert reader_of(study).get(f"/dicomweb/studies?{query}").status_code == 400


def test_qido_pages_and_warns(tmp_path):
    request = make_request()
    studies = [matched(tmp_path, request, StudyTime=f"10{minute}00") for minute in (10, 20, 30)]
    client = reader_of(studies[0])

    first = client.get("/dicomweb/studies?limit=2&Wrong=1")
    second = client.get("/dicomweb/studies?limit=2&offset=2")

    assert [values(row, "00080030") for row in json.loads(first.content)] == [["103000"], ["102000"]]
    assert "exceeded" in first["Warning"] and "Wrong" in first["Warning"]
    assert ([values(row, "00080030") for row in json.loads(second.content)], "Warning" in second) == ([["101000"]], False)


def test_qido_series_and_instances(tmp_path):
    study = matched(tmp_path)
    client = reader_of(study)

    series = json.loads(client.get(f"/dicomweb/studies/{study.uid}/series?Modality=CT").content)
    instances = json.loads(client.get(f"/dicomweb/studies/{study.uid}/instances?InstanceNumber=1").content)

    assert [values(row, "0008103E") for row in series] == [["肺窗"]]
    assert [values(row, "00280010") for row in instances] == [[24]]


def test_qido_takes_the_same_number_of_statements_for_one_and_three(tmp_path):
    request = make_request()
    study = matched(tmp_path, request)
    client = reader_of(study)
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/dicomweb/studies")
        counts.append(len(queries))
        matched(tmp_path, request)
        matched(tmp_path, request)

    assert counts[0] == counts[1]


# -- WADO -------------------------------------------------------------------------------------------------------

LOSSLESS = ["CT_small", "MR_small", "MR_small_implicit", "MR_small_RLE", "MR_small_jp2klossless", "MR_small_bigendian",
            "SC_rgb_rle_2frame", "image_dfl", "rtdose"]  # fmt: skip


@pytest.mark.parametrize("name", LOSSLESS)
def test_frames_have_the_pixels_of_the_file(tmp_path, name):
    study, dataset = sample(tmp_path, name)
    client = reader_of(study)
    address = f"/dicomweb/studies/{study.uid}/series/{dataset.SeriesInstanceUID}/instances/{dataset.SOPInstanceUID}"

    kind, data = parts_of(client.get(f"{address}/frames/1"))[0]

    expected = dataset.pixel_array
    expected = expected[0] if int(dataset.get("NumberOfFrames", 1)) > 1 else expected
    assert kind == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    got = np.frombuffer(data[: expected.nbytes], dtype=expected.dtype.newbyteorder("<")).reshape(expected.shape)
    assert np.array_equal(got, expected)


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


@pytest.mark.parametrize(
    ("name", "media"),
    [("MR_small_RLE", "image/dicom-rle"), ("MR_small_jp2klossless", "image/jp2"), ("MR_small_jpeg_ls_lossless", "image/jls")],
)
def test_compressed_frames_leave_as_they_came(tmp_path, name, media):
    study, dataset = sample(tmp_path, name)
    instance = Instance.objects.get(study=study)
    address = f"/dicomweb/studies/{study.uid}/series/{dataset.SeriesInstanceUID}/instances/{instance.uid}/frames/1"
    wanted = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
    client = reader_of(study)

    kind, data = parts_of(client.get(address, HTTP_ACCEPT=wanted))[0]
    named, same = parts_of(client.get(address, HTTP_ACCEPT=f'multipart/related; type="{media}"'))[0]

    assert (kind, named) == (f"application/octet-stream; transfer-syntax={instance.transfer_syntax}",
                             f"{media}; transfer-syntax={instance.transfer_syntax}")  # fmt: skip
    assert data == same
    assert data.rstrip(b"\0") in bytes(dataset.PixelData)


def test_a_form_nobody_can_make_is_refused(tmp_path):
    study, dataset = sample(tmp_path, "MR_small_jpeg_ls_lossless")
    address = f"/dicomweb/studies/{study.uid}/series/{dataset.SeriesInstanceUID}/instances/{dataset.SOPInstanceUID}"
    client = reader_of(study)

    assert client.get(f"{address}/frames/1", HTTP_ACCEPT="text/html").status_code == 406
    assert client.get(f"{address}/rendered").status_code == 406
    assert client.get(f"{address}/frames/2").status_code == 404
    assert client.get(f"{address}/frames/0").status_code == 400


def test_rendered_pictures_follow_the_window(tmp_path):
    from PIL import Image

    study = matched(tmp_path)
    client = reader_of(study)
    wide = Image.open(io.BytesIO(client.get(f"/dicomweb/studies/{study.uid}/rendered", HTTP_ACCEPT="image/png").content))
    dark = client.get(f"/dicomweb/studies/{study.uid}/rendered?window=9000,10", HTTP_ACCEPT="image/png").content
    small = client.get(f"/dicomweb/studies/{study.uid}/thumbnail?x=1")

    assert (wide.size, wide.getextrema()[1]) == ((32, 24), 255)
    assert Image.open(io.BytesIO(dark)).getextrema() == (0, 0)
    assert small["Content-Type"] == "image/jpeg"
    assert client.get(f"/dicomweb/studies/{study.uid}/rendered?window=a").status_code == 400


def test_metadata_has_hanzi_and_addresses_of_bulk(tmp_path):
    study, dataset = sample(tmp_path, "waveform_ecg")
    client = reader_of(study)

    header = json.loads(client.get(f"/dicomweb/studies/{study.uid}/metadata").content)[0]

    item = values(header, "54000100")[0]
    address = item["54001010"]["BulkDataURI"]
    assert "7FE00010" not in header
    assert client.get(address).content == bytes(dataset.WaveformSequence[0].WaveformData)


# -- who may --------------------------------------------------------------------------------------------------


def test_pictures_are_open_to_the_sides_of_the_request_and_to_nobody_else(tmp_path):
    study = matched(tmp_path)
    address = f"/dicomweb/studies/{study.uid}"
    statuses = {}
    for name, role, place in (
        ("reader", Role.READER, study.request.centre),
        ("doctor", Role.BRANCH_DOCTOR, study.request.source),
        ("stranger", Role.BRANCH_DOCTOR, make_organisation()),
        ("cashier", Role.CASHIER, study.request.source),
        ("manager", Role.SYSTEM_MANAGER, study.request.source),
    ):
        client = Client()
        sign_in(client, make_staff(role, place))
        statuses[name] = [client.get(f"{address}{end}").status_code for end in ("", "/metadata", "/rendered")]
        statuses[name] += [len(json.loads(client.get("/dicomweb/studies").content))]

    assert statuses["reader"] == [200, 200, 200, 1]
    assert statuses["doctor"] == [200, 200, 200, 1]
    assert statuses["stranger"] == [404, 404, 404, 0]
    assert statuses["cashier"][:3] == [403, 403, 403]
    assert statuses["manager"][:3] == [403, 403, 403]
    assert Client().get(address).status_code == 401


def test_one_look_at_a_study_is_one_opening_in_the_chain(tmp_path):
    study = matched(tmp_path)
    client = reader_of(study)
    series = study.series.get().uid
    instance = Instance.objects.get(study=study).uid

    for end in ("/metadata", f"/series/{series}/instances/{instance}/frames/1", "/rendered", ""):
        client.get(f"/dicomweb/studies/{study.uid}{end}")

    opened = AuditEntry.objects.filter(action="access.record_opened", patient=study.patient_id, roles="reader")
    assert opened.count() == 1
