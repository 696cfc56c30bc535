"""The rows WADO-RS serves from, authorised in the query itself, and their bytes."""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from uuid import UUID

import orjson
from django.db import connection

from imaging import vault
from imaging.engine import frames, part10, render, scan, syntaxes
from imaging.engine.elements import Json
from imaging.rest.doors import NotAcceptable, nothing_here, visible
from kernel import files
from kernel.actor import Actor

CHUNK: Final = 512 * 1024
VERIFIED_SECONDS: Final = 300
VERIFIED_MOST: Final = 10_000

WHERE: Final = {"study": "st.uid = %s", "series": "e.uid = %s", "instance": "i.uid = %s"}
TABLES: Final = """
    imaging_study st JOIN imaging_series e ON e.study_id = st.id JOIN imaging_instance i ON i.series_id = e.id"""


@dataclass(frozen=True, slots=True)
class Stored:
    """One object: identifiers, size and where its bytes are."""

    study: str
    series: str
    uid: str
    transfer_syntax: str
    file_id: UUID
    size: int
    frame_count: int


@dataclass(frozen=True, slots=True)
class Span:
    """One frame's place in its file. `place` counts in the inflated file of a deflated object."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Pixels:
    """What is needed to serve frames of one object."""

    file_id: UUID
    transfer_syntax: str
    fragmented: bool
    metadata: bytes
    spans: Sequence[Span]

    @property
    def header(self) -> Json:
        return orjson.loads(self.metadata)  # type: ignore[no-any-return]  # written by ourselves as an object


def objects(by: Actor, **uids: str) -> list[Stored]:
    """Objects under study, series or instance, in the order they are looked at. Raises OutOfReach (404)."""
    columns = "st.uid, e.uid, i.uid, i.transfer_syntax, i.file_id, i.size, i.frame_count"
    rows = _rows(by, columns, uids)
    return [Stored(*row) for row in rows]


def headers(by: Actor, **uids: str) -> list[tuple[str, str, str, bytes]]:
    """(study, series, instance, DICOM JSON) of the objects. Raises OutOfReach (404)."""
    return [
        (study, series, uid, vault.unseal_metadata(uid, sealed))
        for study, series, uid, sealed in _rows(by, "st.uid, e.uid, i.uid, i.metadata_sealed", uids)
    ]


def pixels(by: Actor, *, study: str, series: str, instance: str, numbers: Sequence[int]) -> Pixels:
    """Spans of the frames `numbers` (from 1). Raises OutOfReach (404) for what is not there."""
    wanted = "ARRAY(SELECT {0}[n] FROM unnest(%s::int[]) WITH ORDINALITY AS t(n, place) ORDER BY place)"
    columns = (
        "i.file_id, i.transfer_syntax, i.fragmented, i.metadata_sealed, "
        f"{wanted.format('i.frame_offsets')}, {wanted.format('i.frame_lengths')}"
    )
    uids = {"study": study, "series": series, "instance": instance}
    row = _rows(by, columns, uids, before=[list(numbers), list(numbers)])[0]
    if any(offset is None for offset in row[4]):
        raise nothing_here()
    spans = [Span(offset, length) for offset, length in zip(row[4], row[5], strict=True)]
    return Pixels(row[0], row[1], row[2], vault.unseal_metadata(instance, row[3]), spans)


def _rows(
    by: Actor, columns: str, uids: dict[str, str], *, before: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    predicate, parameters = visible(by)
    where = " AND ".join([predicate, *(WHERE[level] for level in uids)])
    query = f"SELECT {columns} FROM {TABLES} WHERE {where} ORDER BY e.number, e.uid, i.number, i.uid"  # noqa: S608  own SQL
    with connection.cursor() as cursor:
        cursor.execute(query, [*before, *parameters, *uids.values()])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if not rows:
        raise nothing_here()
    return rows


_verified: dict[UUID, float] = {}


def opened(file_id: UUID) -> BinaryIO:
    """The stored bytes. The whole file is held against its hash at the first look of five minutes; a cine loop
    of frames does not hash it again for each."""
    now = time.monotonic()
    if _verified.get(file_id, 0.0) > now:
        return files.store().open(file_id)
    file = files.open_verified(file_id)
    if len(_verified) > VERIFIED_MOST:
        _verified.clear()
    _verified[file_id] = now + VERIFIED_SECONDS
    return file


def pieces(file_id: UUID) -> Iterator[bytes]:
    """A stored file in pieces."""
    with opened(file_id) as file:
        while piece := file.read(CHUNK):
            yield piece


def frame_bytes(found: Pixels) -> Iterator[bytes]:
    """The frames as stored, one by one: headers of fragments gone, a deflated object inflated."""
    with opened(found.file_id) as file:
        source: BinaryIO = file
        if found.transfer_syntax == syntaxes.DEFLATED_LE:
            whole = file.read()
            source = io.BytesIO(scan.inflate(whole, part10.meta(whole)))
        for span in found.spans:
            source.seek(span.offset)
            data = source.read(span.length)
            yield frames.strip(data) if found.fragmented else data


def little_endian(found: Pixels) -> Iterator[bytes]:
    """The frames decoded to explicit VR little endian pixels. Raises NotAcceptable (406) without a codec."""
    plain = found.transfer_syntax in (syntaxes.EXPLICIT_LE, syntaxes.IMPLICIT_LE, syntaxes.DEFLATED_LE)
    header = found.header
    for data in frame_bytes(found):
        if plain:
            yield data
            continue
        try:
            decoded = render.decode(data, metadata=header, transfer_syntax=found.transfer_syntax)
        except render.Undecodable as error:
            raise NotAcceptable(str(error)) from error
        yield decoded.astype(decoded.dtype.newbyteorder("<"), copy=False).tobytes()
