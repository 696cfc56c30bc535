"""WADO-RS: pixels are those of the file, in the form that was asked for, for those who may."""

import io
import json

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from consortium.choices import Role
from imaging.models import Instance
from kernel.models import AuditEntry
from tests.factories.consortium import make_organisation, make_staff, sign_in
from tests.imaging.web import matched, parts_of, reader_of, sample, values

pytestmark = pytest.mark.django_db


LOSSLESS = ["CT_small", "MR_small", "MR_small_implicit", "MR_small_RLE", "MR_small_jp2klossless", "MR_small_bigendian",
            "SC_rgb_rle_2frame", "image_dfl", "rtdose"]  # fmt: skip


@pytest.mark.parametrize("name", LOSSLESS)
def test_frames_have_the_pixels_of_the_file(tmp_path, name):
    study, dataset = sample(tmp_path, name)
    client = reader_of(study)
    address = (
        f"/dicomweb/studies/{study.uid}/series/{dataset.SeriesInstanceUID}/instances/{dataset.SOPInstanceUID}"
    )

    kind, data = parts_of(client.get(f"{address}/frames/1"))[0]

    expected = dataset.pixel_array
    expected = expected[0] if int(dataset.get("NumberOfFrames", 1)) > 1 else expected
    assert kind == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    got = np.frombuffer(data[: expected.nbytes], dtype=expected.dtype.newbyteorder("<")).reshape(
        expected.shape
    )
    assert np.array_equal(got, expected)


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("MR_small_RLE", "image/dicom-rle"),
        ("MR_small_jp2klossless", "image/jp2"),
        ("MR_small_jpeg_ls_lossless", "image/jls"),
    ],
)
def test_compressed_frames_leave_as_they_came(tmp_path, name, media):
    study, dataset = sample(tmp_path, name)
    instance = Instance.objects.get(study=study)
    address = (
        f"/dicomweb/studies/{study.uid}/series/{dataset.SeriesInstanceUID}/instances/{instance.uid}/frames/1"
    )
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
    address = (
        f"/dicomweb/studies/{study.uid}/series/{dataset.SeriesInstanceUID}/instances/{dataset.SOPInstanceUID}"
    )
    client = reader_of(study)

    assert client.get(f"{address}/frames/1", HTTP_ACCEPT="text/html").status_code == 406
    assert client.get(f"{address}/rendered").status_code == 406
    assert client.get(f"{address}/frames/2").status_code == 404
    assert client.get(f"{address}/frames/0").status_code == 400


def test_rendered_pictures_follow_the_window(tmp_path):
    study = matched(tmp_path)
    client = reader_of(study)
    wide = Image.open(
        io.BytesIO(client.get(f"/dicomweb/studies/{study.uid}/rendered", HTTP_ACCEPT="image/png").content)
    )
    dark = client.get(
        f"/dicomweb/studies/{study.uid}/rendered?window=9000,10", HTTP_ACCEPT="image/png"
    ).content
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

    opened = AuditEntry.objects.filter(
        action="access.record_opened", patient=study.patient_id, roles="reader"
    )
    assert opened.count() == 1
