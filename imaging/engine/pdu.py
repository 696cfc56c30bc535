"""Protocol data units of the DICOM upper layer (PS3.8 §9.3), encoded and decoded with every length checked."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from imaging.engine.part10 import IMPLEMENTATION_NAME, IMPLEMENTATION_UID

ASSOCIATE_RQ, ASSOCIATE_AC, ASSOCIATE_RJ, P_DATA, RELEASE_RQ, RELEASE_RP, ABORT = range(1, 8)
APPLICATION_CONTEXT: Final = b"1.2.840.10008.3.1.1.1"
ACCEPTED, ABSTRACT_REFUSED, TRANSFER_REFUSED = 0, 3, 4
MAX_CONTEXTS: Final = 128


class ProtocolError(ValueError):
    """The peer broke the protocol; the association is aborted."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An A-ASSOCIATE request. `contexts`: id -> (abstract syntax, transfer syntaxes in the peer's order)."""

    called: str
    calling: str
    contexts: Mapping[int, tuple[str, list[str]]]
    max_pdu: int
    titles: bytes


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an association is refused: result 1 permanent, 2 transient; source and reason of PS3.8 table 9-21."""

    result: int
    source: int
    reason: int


UNKNOWN_CALLER: Final = Rejection(1, 1, 3)
UNKNOWN_CALLED: Final = Rejection(1, 1, 7)
TOO_MANY: Final = Rejection(2, 3, 2)


def proposal(body: bytes) -> Proposal:
    """Decode an A-ASSOCIATE-RQ body. Raises ProtocolError."""
    if len(body) < 68 or not struct.unpack_from(">H", body)[0] & 1:
        raise ProtocolError("no association request of version 1")
    contexts: dict[int, tuple[str, list[str]]] = {}
    max_pdu = 0
    for kind, value in _items(body[68:]):
        if kind == 0x20 and len(value) >= 4:
            contexts[value[0]] = _context(value[4:])
        elif kind == 0x50:
            max_pdu = _max_length(value)
    if not contexts or len(contexts) > MAX_CONTEXTS or any(not number & 1 for number in contexts):
        raise ProtocolError("no usable presentation contexts")
    called, calling = (body[at : at + 16].decode("latin_1").strip(" \0") for at in (4, 20))
    return Proposal(called, calling, contexts, max_pdu, body[4:36])


def acceptance(proposal: Proposal, answers: Mapping[int, tuple[int, str]], *, max_pdu: int) -> bytes:
    """A-ASSOCIATE-AC. `answers`: context id -> (result, transfer syntax)."""
    body = struct.pack(">HH", 1, 0) + proposal.titles + b"\0" * 32 + _item(0x10, APPLICATION_CONTEXT)
    for number, (result, syntax) in answers.items():
        body += _item(0x21, bytes((number, 0, result, 0)) + _item(0x40, syntax.encode("ascii")))
    user = _item(0x51, struct.pack(">I", max_pdu)) + _item(0x52, IMPLEMENTATION_UID.encode("ascii"))
    user += _item(0x55, IMPLEMENTATION_NAME.encode("ascii"))
    return pdu(ASSOCIATE_AC, body + _item(0x50, user))


def rejection(why: Rejection) -> bytes:
    return pdu(ASSOCIATE_RJ, bytes((0, why.result, why.source, why.reason)))


def released() -> bytes:
    return pdu(RELEASE_RP, b"\0" * 4)


def abort(reason: int = 0) -> bytes:
    """A-ABORT of the service provider; reason 2 = unexpected PDU, 6 = invalid parameter."""
    return pdu(ABORT, bytes((0, 0, 2, reason)))


def message(context: int, command: bytes, *, limit: int) -> bytes:
    """One command as P-DATA, cut so that no PDU is longer than the peer takes; sent with a single write."""
    room = max((limit or 1 << 20) - 6, 64)
    pieces = [command[at : at + room] for at in range(0, len(command), room)]
    out = b""
    for number, piece in enumerate(pieces, start=1):
        flags = 3 if number == len(pieces) else 1
        out += pdu(P_DATA, struct.pack(">IBB", len(piece) + 2, context, flags) + piece)
    return out


def pdu(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBI", kind, 0, len(body)) + body


def _item(kind: int, value: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(value)) + value


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(data):
        kind, length = struct.unpack_from(">BxH", data, position)
        end = position + 4 + length
        if end > len(data):
            raise ProtocolError("an item ends outside its PDU")
        yield kind, data[position + 4 : end]
        position = end


def _context(value: bytes) -> tuple[str, list[str]]:
    abstract, transfers = "", []
    for kind, name in _items(value):
        text = name.decode("latin_1").strip(" \0")
        if kind == 0x30:
            abstract = text
        elif kind == 0x40:
            transfers.append(text)
    return abstract, transfers


def _max_length(value: bytes) -> int:
    for kind, data in _items(value):
        if kind == 0x51 and len(data) == 4:
            return int(struct.unpack(">I", data)[0])
    return 0
