"""Files that are meant to hurt: XML that grows, XML that reads other files, names that climb, bodies in bodies."""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ecg.models import Recording
from kernel.files.writing import plain_name
from kernel.models import StoredFile
from tests.factories.api import of_staff
from tests.factories.consortium import sign_in
from tests.factories.diagnostics import make_scene
from tests.factories.ecg import ecg_file
from tests.imaging.web import bearer, stow

pytestmark = pytest.mark.django_db

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = '<AnnotatedECG xmlns="urn:hl7-org:v3">{}</AnnotatedECG>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

BOMBS = {
    "a billion laughs": HEAD + f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>' + ROOT.format("&l9;"),
    "one long entity": HEAD + f'<!DOCTYPE a [<!ENTITY l "{"x" * 100_000}">]>' + ROOT.format("&l;" * 5000),
    "a file of the house": HEAD + '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + ROOT.format("&f;"),
    "another house": HEAD + '<!DOCTYPE a [<!ENTITY f SYSTEM "http://127.0.0.1:1/x">]>' + ROOT.format("&f;"),
    "a parameter entity": HEAD + '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>' + ROOT.format(""),
    "a foreign grammar": HEAD + '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">' + ROOT.format(""),
    "very deep": HEAD + ROOT.format("<a>" * 200_000 + "</a>" * 200_000),
    "very wide": HEAD + ROOT.format("<a/>" * 1_000_000),
    "many attributes": HEAD + ROOT.format("<a " + " ".join(f'b{n}="1"' for n in range(200_000)) + "/>"),
    "another coding": HEAD.replace("UTF-8", "UTF-7") + ROOT.format("+ADw-"),
    "xinclude": HEAD + ROOT.format('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
    "muse": HEAD + '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><RestingECG>&f;</RestingECG>',
    "philips": HEAD + '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><restingecgdata>&f;</restingecgdata>',
}  # fmt: skip


@pytest.fixture
def scene():
    return make_scene()


def send(program, data, name="ecg.xml", kind="application/xml", **said):
    return program.client.post("/api/v1/ecg/", {"recording": SimpleUploadedFile(name, data, kind), **said})


def at_the_portal(staff, data, name="ecg.xml"):
    browser = Client()
    sign_in(browser, staff)
    return browser.post(
        reverse("ecg:upload"), {"recordings": [SimpleUploadedFile(name, data, "application/xml")]}
    )


@pytest.mark.parametrize("name", BOMBS)
def test_xml_that_is_meant_to_hurt_is_refused_at_both_doors(scene, name):
    began = time.thread_time()
    answers = (
        send(of_staff(scene.technologist), BOMBS[name].encode()),
        at_the_portal(scene.technologist, BOMBS[name].encode()),
    )
    assert [answer.status_code for answer in answers] in ([415, 415], [422, 422])
    assert time.thread_time() - began < 20
    assert all(b"root:" not in answer.content for answer in answers)
    assert (Recording.objects.count(), StoredFile.objects.count()) == (0, 0)


NAMES = (
    "../../../../etc/cron.d/x", "..\\..\\windows\\x.dcm", "/etc/passwd", "C:\\x", "a/../../b", "....//....//x",
    "x\x00.dcm", "x\r\nSet-Cookie: a=b.dcm", "‮mcd.exe", "a" * 5000 + ".dcm", "", ".", "..", "~/x", "|id", "$(id)",
    "con.dcm", "%2e%2e%2fx", "x.dcm;.html", "<img src=x onerror=alert(1)>.dcm",
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (".", "..")])
def test_a_name_that_climbs_names_nothing(scene, name):
    """Bytes stand under an id; what people called the file is a word in a row, without a folder."""
    before = tree(settings.DATA_DIR)
    answer = send(
        of_staff(scene.technologist), ecg_file(seed=hash(name) % 9999), name or "x", "application/dicom"
    )
    assert answer.status_code == 200
    stored = StoredFile.objects.get()
    assert "/" not in stored.name
    assert "\\" not in stored.name
    assert all(each.isprintable() for each in stored.name)
    assert len(stored.name) <= 200
    new = tree(settings.DATA_DIR) - before
    assert all(settings.FILES_ROOT in path.parents for path in new)
    assert all(name[:20] not in str(path) or not name.strip(".") for path in new if len(name) > 3)


def tree(folder):
    found: set[Path] = set()
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "postgres"]
        found |= {Path(here, name) for name in files}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_name_is_a_word(name):
    plain = plain_name(name)
    assert plain
    assert not set(plain) & set("/\\\x00\r\n")
    assert plain not in (".", "..")


def test_an_archive_is_no_recording_and_is_not_unpacked(scene):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../x", b"x")
        packed.writestr("bomb", bytes(50_000_000))
    assert send(of_staff(scene.technologist), archive.getvalue(), "ecg.zip").status_code == 415
    client = bearer(scene.branch)
    assert stow(client, archive.getvalue()).status_code in (400, 409, 415)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--x", b"--x\r\n\r\n--x--", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="recording"; filename="\xff\xfe"\r\n\r\na\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="recording"; filename*=UTF-8\'\'%00\r\n\r\na\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="' + b"a" * 100_000 + b'"\r\n\r\na\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n',
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\na\r\n' % n for n in range(5000)) + b"--x--",
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(scene, body):
    program = of_staff(scene.technologist)
    kind = "multipart/form-data; boundary=x"
    assert program.client.generic("POST", "/api/v1/ecg/", body, content_type=kind).status_code in (
        400,
        413,
        415,
        422,
    )
    browser = Client()
    sign_in(browser, scene.technologist)
    assert browser.generic("POST", reverse("ecg:upload"), body, content_type=kind).status_code in (
        400,
        413,
        422,
    )
