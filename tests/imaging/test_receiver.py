"""The DICOM door over real associations: pynetdicom and dcmtk as clients, broken peers, a killed process."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pydicom
import pytest
from django.db import connections

from config.local import addresses
from imaging.engine import pdu
from imaging.models import Instance, Quarantined, Study
from tests import databases
from tests.factories.consortium import make_entity, make_organisation
from tests.factories.imaging import CT, file_bytes, make_dataset, make_request, uid
from tests.imaging.peers import VERIFICATION, answer_to, associate, request_pdu, send

SAMPLES = Path(pydicom.__file__).parent / "data" / "test_files"


def wait_for(condition, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_echo(receiver):
    association = associate(receiver.port, (VERIFICATION, ["1.2.840.10008.1.2"]))

    assert association.send_c_echo().Status == 0
    association.release()


def test_a_stranger_and_a_wrong_title_are_rejected(receiver):
    # Read off the wire: pynetdicom calls a rejection aborted when it comes before its own thread looks.
    stranger = answer_to(receiver.port, request_pdu(calling=b"NOBODY"))
    wrong = answer_to(receiver.port, request_pdu(called=b"OTHER"))

    assert (stranger, wrong) == (pdu.rejection(pdu.UNKNOWN_CALLER), pdu.rejection(pdu.UNKNOWN_CALLED))


def test_a_rejection_arrives_though_the_peer_goes_on_talking(receiver):
    words = request_pdu(called=b"OTHER") + pdu.pdu(4, bytes(120_000))

    answers = [answer_to(receiver.port, words) for _time in range(20)]

    assert answers == [pdu.rejection(pdu.UNKNOWN_CALLED)] * 20


def test_a_full_house_says_so(receiver):
    receiver.listener.places = threading.BoundedSemaphore(1)
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as first:
        first.sendall(request_pdu())
        assert first.recv(1) == b"\x02"
        second = answer_to(receiver.port, request_pdu())

    assert second == pdu.rejection(pdu.TOO_MANY)


def test_a_stored_study_finds_its_request_when_the_association_ends(receiver):
    request = make_request()
    make_entity("CT2", request.source)
    study = uid()
    slices = [
        make_dataset(
            StudyInstanceUID=study, PatientID="A", InstanceNumber=n, AccessionNumber=request.accession_number
        )
        for n in (1, 2, 3)
    ]
    association = associate(receiver.port, (CT, ["1.2.840.10008.1.2.1"]), calling="CT2")
    assert [association.send_c_store(one).Status for one in slices] == [0, 0, 0]
    association.release()

    assert wait_for(lambda: Study.objects.filter(request=request.pk, instance_count=3).exists())


def test_every_readable_sample_is_stored_as_it_is(receiver):
    names = ["CT_small", "MR_small", "MR_small_implicit", "MR_small_RLE", "MR_small_jp2klossless",
             "MR_small_jpeg_ls_lossless", "MR_small_bigendian", "waveform_ecg", "test-SR", "rtplan",
             "examples_ybr_color", "image_dfl", "JPEG2000", "SC_rgb_rle_2frame", "liver_1frame"]  # fmt: skip
    datasets = [pydicom.dcmread(SAMPLES / f"{name}.dcm") for name in names]

    sent = {str(one.SOPInstanceUID): one for one in datasets}
    statuses = [send(receiver.port, one)[0] for one in sent.values()]

    assert statuses == [0] * len(sent)
    stored = Instance.objects.values_list("uid", "transfer_syntax")
    assert dict(stored) == {one: str(dataset.file_meta.TransferSyntaxUID) for one, dataset in sent.items()}


def test_a_data_set_of_another_object_is_put_aside(receiver):
    dataset = make_dataset()
    announced = uid()
    association = associate(receiver.port, (CT, ["1.2.840.10008.1.2.1"]))
    dataset.file_meta.MediaStorageSOPInstanceUID = announced
    honest = dataset.SOPInstanceUID
    dataset.SOPInstanceUID = announced
    assert association.send_c_store(dataset).Status == 0
    dataset.SOPInstanceUID, dataset.PatientID = honest, "other"
    dataset.StudyInstanceUID = Study.objects.get().uid

    assert association.send_c_store(dataset).Status == 0xC002
    association.release()
    assert Quarantined.objects.get().fault == "other_patient"


@pytest.mark.skipif(shutil.which("storescu") is None, reason="dcmtk is not installed")
@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_implicit.dcm", "MR_small_RLE.dcm"])
def test_dcmtk_stores(receiver, name):
    syntax = "-xr" if "RLE" in name else "-xs"
    command = ["storescu", "-aet", "CT1", "-aec", "LIANYI", syntax, "127.0.0.1"]
    done = subprocess.run(
        [*command, str(receiver.port), str(SAMPLES / name)], capture_output=True, timeout=30
    )

    assert (done.returncode, Instance.objects.count()) == (0, 1), done.stderr


# -- broken peers -----------------------------------------------------------------------------------------------


BROKEN = {
    "no association": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "endless request": b"\x01\x00\xff\xff\xff\xff" + bytes(100),
    "short request": pdu.pdu(1, b"\x00\x01"),
    "item outside its PDU": pdu.pdu(1, bytes((0, 1)) + bytes(66) + b"\x20\x00\xff\xff"),
    "data before association": pdu.pdu(4, bytes(12)),
    "endless data": request_pdu() + b"\x04\x00\x7f\xff\xff\xff",
    "value longer than its PDU": request_pdu() + pdu.pdu(4, struct.pack(">IBB", 9999, 1, 3)),
    "unknown context": request_pdu() + pdu.pdu(4, struct.pack(">IBB", 4, 99, 3) + b"ab"),
    "data without command": request_pdu() + pdu.pdu(4, struct.pack(">IBB", 4, 1, 2) + b"ab"),
    "command of noise": request_pdu() + pdu.pdu(4, struct.pack(">IBB", 22, 1, 3) + b"\xff" * 20),
    "unknown PDU": request_pdu() + pdu.pdu(77, b""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_peer_is_aborted_and_the_next_is_served(receiver, name):
    assert answer_to(receiver.port, BROKEN[name])[-10] == 7
    assert send(receiver.port, make_dataset()) == [0]


def test_an_association_cut_inside_an_object_leaves_nothing(receiver):
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as peer:
        peer.sendall(request_pdu())
        command = b"".join(
            struct.pack("<HHI", 0, element, len(value)) + value
            for element, value in (
                (0x0002, CT.encode() + b"\0"), (0x0100, b"\x01\x00"), (0x0110, b"\x01\x00"), (0x0800, b"\x00\x00"),
                (0x1000, b"1.2.3\0"),
            )
        )  # fmt: skip
        peer.sendall(pdu.message(1, command, limit=16384))
        peer.sendall(pdu.pdu(4, struct.pack(">IBB", 1002, 1, 0) + bytes(1000)))
        assert wait_for(lambda: any(receiver.folder.iterdir()))

    assert wait_for(lambda: not any(receiver.folder.iterdir()))
    assert (Instance.objects.count(), Quarantined.objects.count()) == (0, 0)


def test_random_bytes_never_take_the_door_down(receiver):
    import random

    noise = random.Random(7)
    whole = request_pdu()
    for _round in range(150):
        data = bytearray(whole)
        for _flip in range(noise.randrange(1, 12)):
            data[noise.randrange(len(data))] = noise.randrange(256)
        with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as peer:
            peer.sendall(bytes(data) + noise.randbytes(noise.randrange(200)))
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(4096):
                pass

    assert send(receiver.port, make_dataset()) == [0]


# -- a killed process -------------------------------------------------------------------------------------------


def test_nothing_acknowledged_is_lost_when_the_receiver_is_killed(race_db, tmp_path):
    """Objects stream in until kill -9; whatever was answered with success is there, readable, after a restart."""
    from kernel import files

    make_entity("CT1", make_organisation())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    name = connections["default"].settings_dict["NAME"]
    command = [sys.executable, "manage.py", "dicom_receiver", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command,
        env=os.environ | addresses.database_variables(databases.places(), name),
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        acknowledged = _send_until_killed(port, process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()

    rows = dict(Instance.objects.values_list("uid", "file_id"))
    assert len(acknowledged) >= 10
    assert set(acknowledged) - rows.keys() == set()
    assert all(files.read_verified(rows[one])[128:132] == b"DICM" for one in acknowledged)


def _send_until_killed(port: int, process: subprocess.Popen) -> list[str]:
    association = associate(port, (CT, ["1.2.840.10008.1.2.1"]))
    assert association.is_established
    acknowledged: list[str] = []
    for number in range(60):
        dataset = make_dataset(InstanceNumber=number)
        if number == 20:
            threading.Timer(0.02, os.kill, (process.pid, signal.SIGKILL)).start()
        answer = association.send_c_store(dataset)
        if "Status" not in answer:
            break
        assert answer.Status == 0
        acknowledged.append(str(dataset.SOPInstanceUID))
    return acknowledged


def test_the_bytes_of_the_data_set_are_those_that_came(receiver):
    from kernel import files

    dataset = make_dataset()
    send(receiver.port, dataset)

    instance = Instance.objects.get()
    stored = files.read_verified(instance.file_id)[instance.dataset_offset :]
    plain = file_bytes(dataset)
    assert stored == plain[144 + struct.unpack_from("<I", plain, 140)[0] :]
