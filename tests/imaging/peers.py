"""Peers of the DICOM door: an association of pynetdicom's, and bytes on the wire."""

import socket
import struct

import pydicom
from pynetdicom import AE

from imaging.engine import pdu
from tests.factories.imaging import CT

VERIFICATION = "1.2.840.10008.1.1"


def associate(port: int, *contexts: tuple[str, list[str]], calling: str = "CT1", called: str = "LIANYI"):
    client = AE(ae_title=calling)
    for abstract, syntaxes in contexts:
        client.add_requested_context(abstract, syntaxes)
    return client.associate("127.0.0.1", port, ae_title=called)


def send(port: int, *datasets: pydicom.Dataset) -> list[int]:
    contexts = {(str(one.SOPClassUID), str(one.file_meta.TransferSyntaxUID)) for one in datasets}
    association = associate(port, *[(abstract, [syntax]) for abstract, syntax in contexts])
    assert association.is_established
    statuses = [association.send_c_store(one).Status for one in datasets]
    association.release()
    return statuses


def answer_to(port: int, words: bytes) -> bytes:
    """All the receiver says to these bytes until it closes; fails when the connection is reset."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        peer.sendall(words)
        answer = b""
        while piece := peer.recv(4096):
            answer += piece
        return answer


def request_pdu(calling: bytes = b"CT1", called: bytes = b"LIANYI") -> bytes:
    item = struct.pack
    context = bytes((1, 0, 0, 0))
    for kind, value in ((0x30, CT.encode()), (0x40, b"1.2.840.10008.1.2.1")):
        context += item(">BBH", kind, 0, len(value)) + value
    application = item(">BBH", 0x10, 0, len(pdu.APPLICATION_CONTEXT)) + pdu.APPLICATION_CONTEXT
    user = item(">BBHBBHI", 0x50, 0, 8, 0x51, 0, 4, 16384)
    body = item(">HH", 1, 0) + called.ljust(16) + calling.ljust(16) + bytes(32) + application
    return pdu.pdu(1, body + item(">BBH", 0x20, 0, len(context)) + context + user)
