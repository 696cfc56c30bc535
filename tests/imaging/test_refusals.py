"""What a sender hears whose object is refused, over real associations and on the wire."""

import struct
from io import BytesIO

import pydicom
import pytest
from pydicom.tag import BaseTag
from pynetdicom.dsutils import decode

from imaging.engine import pdu
from imaging.models import Instance
from tests.factories.consortium import make_entity, make_organisation
from tests.factories.imaging import CT, make_dataset, uid
from tests.imaging.peers import VERIFICATION, answer_to, associate, request_pdu, send


def test_each_refusal_names_its_reason_and_the_elements_at_fault(receiver, settings, tmp_path, monkeypatch):
    """PS3.7 §C: ErrorComment (0000,0902) and, where elements were at fault, OffendingElement (0000,0901)."""
    stored, elsewhere = make_dataset(), make_dataset()
    make_entity("CT2", make_organisation())
    assert send(receiver.port, stored) == [0]
    bare = make_dataset()
    del bare.StudyInstanceUID
    announced = make_dataset()
    announced.file_meta.MediaStorageSOPClassUID, announced.file_meta.MediaStorageSOPInstanceUID = CT, uid()
    announced.preamble = bytes(128)
    monkeypatch.setattr("pynetdicom._config.STORE_SEND_CHUNKED_DATASET", True)  # announces what the file says
    pydicom.dcmwrite(tmp_path / "announced.dcm", announced)
    twin = make_dataset(SOPInstanceUID=stored.SOPInstanceUID, StudyInstanceUID=stored.StudyInstanceUID)
    other = make_dataset(StudyInstanceUID=stored.StudyInstanceUID, PatientID="other")
    elsewhere.StudyInstanceUID = stored.StudyInstanceUID
    settings.DICOM_MAX_BYTES = 20_000
    big = make_dataset(ImageComments="x" * 10_000, PatientComments="x" * 9_999)

    one = associate(receiver.port, (CT, ["1.2.840.10008.1.2.1"]))
    two = associate(receiver.port, (CT, ["1.2.840.10008.1.2.1"]), calling="CT2")
    told = [said(one.send_c_store(each)) for each in (bare, tmp_path / "announced.dcm", twin, other, big)]
    told.append(said(two.send_c_store(elsewhere)))
    one.release()
    two.release()

    assert told == [
        (0xC000, "study, series, instance or class UID is missing or malformed", []),
        (0xA900, "SOP class or instance UID is not the one announced", ["00080018"]),
        (0x0111, "another object has this SOP instance UID", ["00080018"]),
        (0xC002, "its study belongs to another patient", ["0020000D", "00100020"]),
        (0xA700, "object is larger than this archive takes", []),
        (0xC001, "its study came from another institution", ["0020000D"]),
    ]


def test_a_device_that_may_test_the_connection_only_sends_nothing(receiver):
    """The system manager took its images away: C-ECHO is answered, C-STORE is not authorised (PS3.7 annex C, 0124H)."""
    make_entity("WS 1.A", make_organisation(), stores=False)
    association = associate(
        receiver.port, (VERIFICATION, ["1.2.840.10008.1.2"]), (CT, ["1.2.840.10008.1.2.1"]), calling="Ws 1.a"
    )

    told = [association.send_c_echo().Status, said(association.send_c_store(make_dataset()))]
    association.release()

    assert told == [0, (0x0124, "this AE title may test the connection only", [])]
    assert Instance.objects.count() == 0


def said(answer: pydicom.Dataset) -> tuple[int, str, list[str]]:
    tags = answer.get("OffendingElement") or []
    listed = [tags] if isinstance(tags, BaseTag) else list(tags)
    return answer.Status, answer.get("ErrorComment", ""), [f"{int(tag):08X}" for tag in listed]


ECHO, STORE, FIND = b"\x30\x00", b"\x01\x00", b"\x20\x00"
COMMANDS = {
    "an operation not served": (FIND, CT, b"1.2.3\0", False, (0x0211, "only C-STORE and C-ECHO are served here", [])),
    "the same with data": (FIND, CT, b"1.2.3\0", True, (0x0211, "only C-STORE and C-ECHO are served here", [])),
    "a store of nothing": (STORE, CT, b"1.2.3\0", False, (0xC000, "C-STORE came without a data set", ["00000800"])),
    "an identifier that is none": (
        STORE, CT, b"no uid", True, (0xC000, "SOP instance UID is no UID", ["00001000"]),
    ),
    "another class than agreed": (
        STORE, VERIFICATION, b"1.2.3\0", True,
        (0xA900, "SOP class is not that of its presentation context", ["00000002"]),
    ),
    "an echo": (ECHO, VERIFICATION, b"", False, (0, "", [])),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_refused_is_told_why(receiver, name):
    field, abstract, instance, has_data, expected = COMMANDS[name]
    sop_class = abstract.encode() + b"\0" * (len(abstract) % 2)
    values = (
        (0x0002, sop_class), (0x0100, field), (0x0110, b"\x01\x00"), (0x0800, b"\0\0" if has_data else b"\x01\x01"),
        (0x1000, instance),
    )  # fmt: skip
    command = b"".join(
        struct.pack("<HHI", 0, element, len(value)) + value for element, value in values if value
    )
    words = request_pdu() + pdu.message(1, command, limit=16384)
    if has_data:
        words += pdu.pdu(4, struct.pack(">IBB", 10, 1, 2) + bytes(8))

    answer = answer_to(receiver.port, words + pdu.pdu(5, bytes(4)))

    assert said(answered(answer)) == expected


def answered(answer: bytes) -> pydicom.Dataset:
    """The one command set between the acceptance and the release."""
    start = 6 + struct.unpack_from(">xxI", answer)[0]
    length = struct.unpack_from(">xxI", answer, start)[0]
    return decode(BytesIO(answer[start + 12 : start + 6 + length]), True, True)
