"""The way in: bytes are counted and hashed while they arrive, and stand on disk before their row."""

import hashlib
import re
from typing import BinaryIO, Final
from uuid import UUID

from kernel import clock, ids
from kernel.actor import Actor
from kernel.errors import TooLarge
from kernel.files.content import HEAD, checked
from kernel.files.scanning import Screen
from kernel.files.sealed import SealingWriter
from kernel.files.store import store
from kernel.labels import CARE, SEALED_FROM
from kernel.models import StoredFile

PIECE: Final = 1 << 18
ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,5}\Z")


def ingest(
    *, by: Actor, stream: BinaryIO, name: str, content_type: str, limit: int, label: int = CARE
) -> StoredFile:
    """Store the bytes of `stream` and answer their row; sealed from label 4 on.

    Raises TooLarge as soon as more than `limit` bytes have arrived, Dangerous (415) for programs and web pages,
    Infected (415) for malicious code; nothing is left behind then. `content_type` counts where the bytes do not
    show what they are. Of `name`,
    what people called the file, only the ending is kept; it names nothing on disk. The calling verb
    audits. A file whose row is rolled back is swept later.
    """
    pk = ids.uuid7()
    sealed = label >= SEALED_FROM
    with store().writing(pk) as file, Screen(by) as screen:
        out = SealingWriter(file, pk) if sealed else file
        size, digest, kind = _copy(stream, out, limit, screen, content_type)
    return StoredFile.objects.create(
        id=pk,
        name=plain_name(name),
        content_type=kind,
        size=size,
        sha256=digest,
        label=label,
        sealed=sealed,
        stored_at=clock.now(),
        stored_by=by.name,
    )


def _copy(
    stream: BinaryIO, out: BinaryIO | SealingWriter, limit: int, screen: Screen, claimed: str
) -> tuple[int, bytes, str]:
    size, digest, kind = 0, hashlib.sha256(), claimed[:100]
    while piece := stream.read(PIECE):
        if not size:
            kind = checked(piece[:HEAD], claimed)
        size += len(piece)
        if size > limit:
            raise TooLarge(detail={"limit": limit})
        digest.update(piece)
        screen.feed(piece)
        out.write(piece)
    screen.finish()
    if isinstance(out, SealingWriter):
        out.close()
    return size, digest.digest(), kind


def plain_name(name: str) -> str:
    """`file` with the ending people gave it: what they write before it often names the patient."""
    ending = ENDING.search(name)
    return f"file{ending[0].lower()}" if ending else "file"


def sweep(older_than: float) -> int:
    """Remove drafts and files without a row older than `older_than` (seconds since 1970); how many."""
    store().clear_drafts(older_than)
    found: list[UUID] = [pk for pk, written in store().names() if written < older_than]
    kept: set[UUID] = set()
    for start in range(0, len(found), 1000):
        kept |= set(
            StoredFile.objects.filter(pk__in=found[start : start + 1000]).values_list("pk", flat=True)
        )
    lost = [pk for pk in found if pk not in kept]
    for pk in lost:
        store().remove(pk)
    return len(lost)
