"""Uploads are what their bytes are; programs, pages and malicious code are refused and leave nothing behind."""

import io
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as given

from kernel import files
from kernel.errors import Unavailable
from kernel.files.content import Dangerous, kind_of
from kernel.files.scanning import EICAR, Infected
from kernel.models import Alarm, StoredFile
from tests.factories.kernel import make_actor

DICOM = bytes(128) + b"DICM" + b"\x02\x00\x00\x00UL\x04\x00"


@pytest.fixture(autouse=True)
def _store(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


BY = make_actor()


def sent(data, content_type="application/pdf", name="report.pdf", **more):
    return files.ingest(
        by=BY, stream=io.BytesIO(data), name=name, content_type=content_type, limit=64 << 20, **more
    )


def left():
    """Rows, and files in the store."""
    return StoredFile.objects.count(), sum(path.is_file() for path in Path(given.FILES_ROOT).rglob("*"))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (DICOM, "application/dicom"),
        (b"II*\0" + bytes(124) + b"DICM", "application/dicom"),
        (b'<?xml version="1.0"?><AnnotatedECG xmlns="urn:hl7-org:v3">', "application/xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><restingecgdata>", "application/xml"),
        (b"0       X X 01-JAN-2026", "application/x-edf"),
        (b"\x01\x02\x03 whatever", "application/octet-stream"),
    ],
)
def test_the_bytes_say_what_a_file_is(head, kind):
    assert kind_of(head) == kind


def test_the_type_stored_is_the_one_the_bytes_show():
    assert sent(b"\x89PNG\r\n\x1a\n", content_type="application/pdf").content_type == "image/png"
    assert sent(b"%PDF-1.4", content_type="text/html").content_type == "application/pdf"
    assert sent(b"\x01\x02", content_type="application/x-cart").content_type == "application/x-cart"
    assert sent(b"").size == 0


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01",
        b"#!/bin/sh\nrm -rf /",
        b"  \n#!/usr/bin/env python3",
        b"\xca\xfe\xba\xbe\x00\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PK\x03\x04....word/vbaProject.bin",
        b"<html><script>alert(1)</script>",
        b"\n\t<!DOCTYPE html>",
        b"\xef\xbb\xbf<svg onload=alert(1)>",
        "\ufeff<script>".encode("utf-16-le"),
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
        b"<?php system($_GET['c']);",
        b"%PDF-1.4 <script>in the first bytes a browser sniffs",
        b"MZ" + bytes(126) + b"DICM" + b"\x02\x00",
    ],
)
def test_programs_and_pages_are_refused_under_any_name(data):
    with pytest.raises(Dangerous) as refused:
        sent(data, content_type="application/dicom", name="scan.dcm")
    assert (refused.value.status, refused.value.code, left()) == (415, "dangerous_content", (0, 0))


@pytest.mark.parametrize(
    "data", [EICAR, b"%PDF-1.4 " + EICAR + b" more", b"%PDF" + b"x" * ((1 << 18) - 30) + EICAR, DICOM + EICAR]
)
@pytest.mark.parametrize("label", [3, 5])
def test_the_antivirus_test_file_is_refused_wherever_it_hides(data, label):
    with pytest.raises(Infected) as refused:
        sent(data, label=label)
    assert (refused.value.status, refused.value.code, left()) == (415, "malware", (0, 0))
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.level, alarm.detail) == ("kernel.malware_refused", 3, {"found": "EICAR"})


CLAMD = """
import socketserver, struct, sys
class Scan(socketserver.StreamRequestHandler):
    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\\0"
        data = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        word = b"Win.Test.EICAR_HDB-1 FOUND" if b"evil" in data else b"OK"
        if b"huge" in data:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\\0")
        else:
            self.wfile.write(b"stream: " + word + b"\\0")
with socketserver.UnixStreamServer(sys.argv[1], Scan) as server:
    server.serve_forever()
"""


@pytest.fixture
def clamd(settings, tmp_path):
    """A process of its own that speaks clamd's INSTREAM at a socket: answers as clamd does."""
    place = tmp_path / "clamd.sock"
    process = subprocess.Popen([sys.executable, "-c", CLAMD, str(place)])
    for _wait in range(200):
        if place.exists():
            break
        time.sleep(0.05)
    settings.CLAMD_SOCKET = str(place)
    yield place
    process.kill()
    process.wait()


def test_clamd_is_asked_about_every_byte(clamd):
    assert sent(b"%PDF-1.4" + b"good" * 200_000).size == 800_008
    with pytest.raises(Infected):
        sent(b"%PDF-1.4" + b"good" * 200_000 + b"evil")
    assert left() == (1, 1)
    assert Alarm.objects.get().detail == {"found": "Win.Test.EICAR_HDB-1"}


def test_what_clamd_could_not_look_at_is_not_taken(clamd, settings):
    with pytest.raises(Unavailable) as refused:
        sent(b"%PDF-1.4 huge")
    assert refused.value.code == "scanner_silent"
    settings.CLAMD_SOCKET = str(clamd) + ".gone"
    with pytest.raises(Unavailable):
        sent(b"%PDF-1.4")
    assert (left(), Alarm.objects.get().code, Alarm.objects.get().times) == (
        (0, 0),
        "kernel.scanner_silent",
        2,
    )


def test_clamd_listens_on_a_port_as_well(settings):
    class Scan(socketserver.StreamRequestHandler):
        def handle(self):
            self.rfile.read(10)
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                self.rfile.read(size)
            self.wfile.write(b"stream: OK\0")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scan) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        settings.CLAMD_SOCKET = f"127.0.0.1:{server.server_address[1]}"
        assert sent(b"%PDF-1.4").size == 8


def test_a_scanner_that_breaks_off_stops_the_upload(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_SOCKET = f"127.0.0.1:{server.getsockname()[1]}"

        def drop():
            wire, _peer = server.accept()
            wire.close()

        threading.Thread(target=drop, daemon=True).start()
        with pytest.raises(Unavailable):
            sent(b"%PDF-1.4" + b"x" * (4 << 20))
    assert left() == (0, 0)
