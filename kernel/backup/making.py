"""Making a backup while the platform runs: one snapshot of the database, the files its rows name, the keys."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast
from uuid import UUID

from django.conf import settings

from kernel import assurance, audit, clock
from kernel.actor import Actor
from kernel.backup import box, database, manifest
from kernel.chain import checkpoint
from kernel.conf import data_folder
from kernel.crypto import keys, signing, wrapping
from kernel.crypto.provider import provider
from kernel.files.store import store

SHORTEST: Final = 12


def make(*, by: Actor, folder: Path, passphrase: str, programs: Path) -> Path:
    """A new folder below `folder` with the whole platform in it; its path.

    A file stands before its row and is never changed, so every file a row of the snapshot names is there
    when the files are read after it. Raises ValueError for a short passphrase; a failed backup leaves nothing.
    """
    assurance.fresh(by)
    if len(passphrase) < SHORTEST:
        raise ValueError(f"a passphrase of a backup has at least {SHORTEST} characters")
    checkpoint.write()
    at = clock.now()
    final = folder / at.strftime("%Y%m%dT%H%M%SZ")
    draft = final.with_name(f".{final.name}.{os.getpid()}")
    draft.mkdir(mode=0o700, parents=True)
    try:
        _fill(draft, passphrase, programs, at.isoformat())
        draft.rename(final)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    audit.record(by=by, action="backup.made", detail={"name": final.name})
    return final


def _fill(draft: Path, passphrase: str, programs: Path, at: str) -> None:
    key = provider().random(32)
    told = manifest.Manifest(at=at, key=box.wrapped(key, passphrase))
    with database.snapshot() as (connection, name):
        told.tables = database.counted(connection)
        with _Part(draft, key, "database", told) as out:
            database.dump(programs, name, out)
        named = {row[0] for row in connection.execute("SELECT id FROM kernel_storedfile")}
    with _Part(draft, key, "files", told) as out:
        _files(out, named)
    with _Part(draft, key, "keys", told) as out:
        _tar(out, _secrets())
    manifest.write(draft, told, key)


class _Part:
    """A sealed part as a context: what it became stands in the manifest when it is left without an error."""

    def __init__(self, draft: Path, key: bytes, name: str, told: manifest.Manifest) -> None:
        self.name, self.told = name, told
        self.writer = box.Writer((draft / f"{name}.sealed").open("xb"), key, name)

    def __enter__(self) -> box.Writer:
        return self.writer

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        self.writer.close()
        if kind is None:
            self.told.parts[self.name] = {"size": self.writer.size, "sm3": self.writer.digest.hexdigest()}


def _files(out: box.Writer, named: set[UUID]) -> None:
    """The stored bytes as they lie, sealed ones sealed, and the audit checkpoints beside them."""
    with tarfile.open(fileobj=cast("IO[bytes]", out), mode="w|") as tar:
        for pk in sorted(named):
            with store().open(pk) as file:
                entry = tarfile.TarInfo(f"files/{pk}")
                entry.size = file.seek(0, os.SEEK_END)
                file.seek(0)
                tar.addfile(entry, file)
        for path in sorted((data_folder() / "audit").glob("*")):
            if path.is_file():
                tar.add(path, f"audit/{path.name}")


def _secrets() -> Iterator[tuple[str, Path]]:
    """What the platform cannot be without; passwords of the database belong to its server and stay out."""
    keys.ring()
    places = {keys.FILE: keys.path(), signing.FILE: signing.path()}
    places[wrapping.FILE] = wrapping.path()
    places["django-key"] = Path(settings.SECRETS_DIR) / "django-key"
    retired = sorted((signing.path().parent / signing.RETIRED).glob("*.pem"))
    places |= {f"{signing.RETIRED}/{path.name}": path for path in retired}
    yield from ((name, path) for name, path in places.items() if path.exists())


def _tar(out: box.Writer, entries: Iterator[tuple[str, Path]]) -> None:
    with tarfile.open(fileobj=cast("IO[bytes]", out), mode="w|") as tar:
        for name, path in entries:
            tar.add(path, name)
