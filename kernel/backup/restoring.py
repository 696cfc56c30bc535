"""The way back: into an empty database and an empty store. Everything is verified before anything is written."""

import io
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final, cast
from uuid import UUID

from django.conf import settings

from kernel import assurance, audit, conf, files
from kernel.actor import Actor
from kernel.backup import box, database, manifest
from kernel.backup.manifest import Refused
from kernel.conf import data_folder
from kernel.crypto import keys
from kernel.errors import DomainError
from kernel.files.store import store
from kernel.models import StoredFile

KEPT: Final = ".before-restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: when the backup was made, whose key signed it, tables, rows and files."""

    at: str
    signed_by: str
    tables: int
    rows: int
    files: int


def restore(*, by: Actor, folder: Path, passphrase: str, programs: Path, signed_by: str = "") -> Restored:
    """Bring the backup in `folder` back. `signed_by`: id of the only signing key that is accepted.

    Raises Refused before a row or file is written: altered, incomplete, another passphrase or signer, a target
    that is not empty; and at the end when a row or file is not what the manifest says.
    """
    assurance.fresh(by)
    told, key, signer = manifest.read(folder, passphrase)
    if signed_by not in ("", signer):
        raise Refused(f"signed by {signer}, expected {signed_by}")
    if not database.is_empty() or next(store().names(), None) is not None:
        raise Refused("the database or the store of files is not empty")
    for part in manifest.PARTS:
        _drain(folder, key, part)
    _keys(folder, key)
    _database(folder, key, programs)
    count = _files(folder, key)
    _compare(told)
    audit.record(by=by, action="backup.restored", detail={"at": told.at, "signed_by": signer})
    rows = sum(rows for rows, _digest in told.tables.values())
    return Restored(told.at, signer, len(told.tables), rows, count)


def _reader(folder: Path, key: bytes, part: str) -> BinaryIO:
    raw = box.Reader((folder / f"{part}.sealed").open("rb"), key, part)
    return io.BufferedReader(raw, box.PIECE)


def _drain(folder: Path, key: bytes, part: str) -> None:
    try:
        with _reader(folder, key, part) as source:
            while source.read(box.PIECE):
                pass
    except box.Altered:
        raise Refused(f"the part {part} was altered") from None


def _entries(source: BinaryIO) -> Iterator[tuple[str, IO[bytes]]]:
    """Plain files of a tar stream; a name that climbs out of its folder is refused."""
    with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r|") as tar:
        for entry in tar:
            file = tar.extractfile(entry)
            name = PurePosixPath(entry.name)
            if not entry.isreg() or file is None or name.is_absolute() or ".." in name.parts:
                raise Refused(f"{entry.name} does not belong into a backup")
            yield entry.name, file


def _keys(folder: Path, key: bytes) -> None:
    """The keys of the backup; what the empty installation had made up for itself is set aside."""
    home = Path(settings.SECRETS_DIR)
    with _reader(folder, key, "keys") as source:
        for name, file in _entries(source):
            path = home / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists():
                path.replace(path.with_name(path.name + KEPT))
            conf.write_secret(path, file.read().decode("ascii"))
    keys.forget()


def _database(folder: Path, key: bytes, programs: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".list") as contents:
        with _reader(folder, key, "database") as source:
            contents.write(database.listed(programs, source))
        contents.flush()
        with _reader(folder, key, "database") as source:
            database.load(programs, Path(contents.name), source)


def _files(folder: Path, key: bytes) -> int:
    count = 0
    with _reader(folder, key, "files") as source:
        for name, file in _entries(source):
            kind, _slash, rest = name.partition("/")
            if kind == "files":
                with store().writing(UUID(rest)) as out:
                    shutil.copyfileobj(file, out, box.PIECE)
                count += 1
            else:
                path = data_folder() / "audit" / rest
                path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
                path.write_bytes(file.read())
    return count


def _compare(told: manifest.Manifest) -> None:
    """Every table has the rows of the snapshot, every file the bytes its row says."""
    with database.snapshot() as (connection, _name):
        found = database.counted(connection)
    if wrong := sorted(name for name in {*found, *told.tables} if found.get(name) != _pair(told, name)):
        raise Refused(f"rows differ from the manifest: {', '.join(wrong)}")
    for pk in StoredFile.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
        try:
            files.open_verified(pk).close()
        except DomainError as error:
            raise Refused(f"file {pk}: {error.detail}") from error


def _pair(told: manifest.Manifest, name: str) -> tuple[int, str] | None:
    pair = told.tables.get(name)
    return (int(pair[0]), str(pair[1])) if pair else None
