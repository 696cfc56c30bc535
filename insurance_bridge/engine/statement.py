"""Files of the daily reconciliation: tab-separated text in a ZIP (tables 200 and 201 of the interface)."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Final

EMPTY: Final = "null"


class IncompleteError(ValueError):
    """A result file whose row count or digest is not the announced one is never used."""


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One settlement as the institution has it; a refund is a row of its own with negative sums."""

    setl_id: str
    mdtrt_id: str
    psn_no: str
    medfee_sumamt: str
    fund_pay_sumamt: str
    acct_pay: str
    refd_setl_flag: str
    exp_content: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One compared settlement. `setl_id` and `mdtrt_id` are empty when only the centre has it."""

    psn_no: str
    mdtrt_id: str
    setl_id: str
    msgid: str
    stmt_rslt: str  # 0 equal, 1 centre more, 2 institution more, 3 amounts differ
    refd_setl_flag: str
    memo: str
    medfee_sumamt: str
    fund_pay_sumamt: str
    acct_pay: str


def digest(text: bytes) -> str:
    """SM3 of the unpacked text, hexadecimal."""
    return hashlib.new("sm3", text).hexdigest()


def pack(name: str, rows: Iterable[UploadRow | ResultRow]) -> tuple[bytes, int, str]:
    """ZIP bytes, row count and digest of the rows."""
    lines = ["\t".join(field or EMPTY for field in astuple(row)) for row in rows]
    text = "".join(f"{line}\n" for line in lines).encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(name), text)
    return archive.getvalue(), len(lines), digest(text)


def unpack(archive: bytes, *, limit: int = 64 * 2**20) -> bytes:
    """The one text file inside. Raises IncompleteError when it is no readable ZIP or larger than `limit` bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            (member,) = packed.infolist()
            if member.file_size > limit:
                raise IncompleteError("file too large")
            return packed.read(member)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise IncompleteError(str(error)) from error


def _fields(text: bytes, width: int) -> list[Sequence[str]]:
    rows = [
        tuple("" if field == EMPTY else field for field in line.split("\t"))
        for line in text.decode().splitlines()
    ]
    if any(len(row) != width for row in rows):
        raise IncompleteError("a row has another number of columns")
    return list(rows)


def upload_rows(text: bytes) -> list[UploadRow]:
    return [UploadRow(*row) for row in _fields(text, 8)]


def result_rows(text: bytes, *, count: int, announced: str) -> list[ResultRow]:
    """The rows of a complete result file, else IncompleteError."""
    if digest(text) != announced:
        raise IncompleteError("digest differs")
    rows = [ResultRow(*row) for row in _fields(text, 10)]
    if len(rows) != count:
        raise IncompleteError("row count differs")
    return rows
