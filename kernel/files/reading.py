"""The way out: no byte leaves before the whole file is held against the hash taken when it came."""

import hashlib
import io
from typing import BinaryIO, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kernel import alarms, audit
from kernel.actor import Actor
from kernel.crypto import Unsealable
from kernel.errors import OutOfReach, Unavailable
from kernel.files.sealed import SealedReader
from kernel.files.store import store
from kernel.models import StoredFile

READER: Final = Actor.system("kernel")


class Damaged(Unavailable):
    """The stored bytes are not those that came (503, code `file_damaged`).

    `recorded` says whether the audit chain has it already; where the reader stood in a transaction that will
    roll back, the edge records it (`kernel.web.http.record_refusal`).
    """

    code = "file_damaged"
    message = _("This file is damaged in the store and is not shown. Please call the help desk.")
    recorded = False


def open_verified(pk: UUID) -> BinaryIO:
    """The plain bytes of a stored file, verified, seekable, at their beginning.

    Raises OutOfReach when there is no such file, Damaged (Unavailable) when its bytes are not those that
    came. Who may read it was asked by the caller.
    """
    row = StoredFile.objects.filter(pk=pk).first()
    if row is None:
        raise OutOfReach(detail={"model": "kernel.storedfile", "pk": str(pk)})
    try:
        file = _opened(row)
    except FileNotFoundError:
        raise _damaged(row, "the file is gone") from None
    if wrong := _wrong(file, row):
        file.close()
        raise _damaged(row, wrong)
    file.seek(0)
    return file


def read_verified(pk: UUID) -> bytes:
    """All plain bytes of a stored file. Raises as `open_verified`."""
    with open_verified(pk) as file:
        return file.read()


def _opened(row: StoredFile) -> BinaryIO:
    raw = store().open(row.pk)
    if not row.sealed:
        return raw
    return io.BufferedReader(SealedReader(raw, row.pk, row.size), 1 << 16)


def _wrong(file: BinaryIO, row: StoredFile) -> str:
    """What is wrong with the bytes, "" when nothing is."""
    size, digest = 0, hashlib.sha256()
    try:
        while piece := file.read(1 << 18):
            size += len(piece)
            digest.update(piece)
    except Unsealable:
        return "the seal is broken"
    return "" if (size, digest.digest()) == (row.size, bytes(row.sha256)) else "the hash differs"


def _damaged(row: StoredFile, reason: str) -> Damaged:
    """Alarm, whatever becomes of the caller; the audit chain has it unless an open transaction would undo it."""
    alarms.alarm("kernel.file_damaged", subject=row, level=3, detail={"reason": reason})
    error = Damaged(detail={"model": "kernel.storedfile", "pk": str(row.pk), "reason": reason})
    if not connection.in_atomic_block:
        audit.record_refusal(by=READER, action="file.damaged", detail=error.detail)
        error.recorded = True
    return error
