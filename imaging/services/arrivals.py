"""One object that has come in through a door and waits to be filed."""

import hashlib
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from imaging.choices import Fault, Way
from imaging.engine import dimse, scan
from imaging.engine.elements import Buffer, Unreadable
from imaging.engine.scan import Header


@dataclass(frozen=True, slots=True)
class Arrival:
    """A spooled file with what the door knows of it. `header` is None exactly when `fault` says why.

    `digest`: SHA-256 of the data set (of the whole file when it is unreadable). `offending`: the tags at fault, where
    the door could tell.
    """

    path: Path
    size: int
    digest: bytes
    way: Way
    source: str
    header: Header | None = None
    fault: Fault | None = None
    detail: str = ""
    uid: str = ""
    offending: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an arrival: filed (`study_id`), the same as before (`again`), or put aside (`fault`)."""

    study_id: UUID | None = None
    again: bool = False
    fault: Fault | None = None
    detail: str = ""


def examine(path: Path, *, way: Way, source: str, sop_class: str = "", sop_uid: str = "") -> Arrival:
    """Read a spooled file's header. `sop_class` and `sop_uid` are what the sender announced, where it did."""
    size = path.stat().st_size
    with mapped(path) as buffer:
        try:
            header = scan.scan(buffer)
        except Unreadable as error:
            digest = hashlib.sha256(buffer).digest()
            return Arrival(
                path, size, digest, way, source, fault=Fault.UNREADABLE, detail=str(error)[:300], uid=sop_uid
            )
        with memoryview(buffer) as view:
            digest = hashlib.sha256(view[header.dataset_offset :]).digest()
    announced = (
        (dimse.SOP_CLASS, sop_class, header.sop_class),
        (dimse.SOP_INSTANCE, sop_uid, header.sop_uid),
    )
    if offending := tuple(tag for tag, said, found in announced if said and said != found):
        return Arrival(
            path, size, digest, way, source, fault=Fault.IDENTIFIERS_DIFFER, uid=sop_uid, offending=offending
        )
    return Arrival(path, size, digest, way, source, header=header, uid=header.sop_uid)


@contextmanager
def mapped(path: Path) -> Iterator[Buffer]:
    """The file's bytes without reading them all."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
            yield buffer
