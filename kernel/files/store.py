"""Where bytes lie: a folder by default. Another store (S3-compatible) answers the same questions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.module_loading import import_string


class Store(Protocol):
    """A store of whole files that are written once and never changed.

    `FILE_STORE` names the class, `kernel.files.LocalStore` by default. A class over an object store keeps the
    draft on the local disk and uploads it when the block ends; it may refuse nothing that LocalStore takes.
    """

    def writing(self, pk: UUID) -> "AbstractDraft":
        """A context manager over a binary file to write to. Leaving it without an error makes the file stand,
        on disk and whole; leaving it with one leaves nothing behind."""
        ...

    def open(self, pk: UUID) -> BinaryIO:
        """The stored bytes, seekable. Raises FileNotFoundError."""
        ...

    def remove(self, pk: UUID) -> None:
        """Take away a file no row refers to. Nothing happens when it is not there."""
        ...

    def names(self) -> Iterator[tuple[UUID, float]]:
        """Every stored file with the time (seconds since 1970) it was written."""
        ...

    def clear_drafts(self, older_than: float) -> int:
        """Remove drafts a killed process left, last written before `older_than` (seconds since 1970)."""
        ...


class AbstractDraft(Protocol):
    """What `Store.writing` gives."""

    def __enter__(self) -> BinaryIO: ...

    def __exit__(self, *error: object) -> bool | None: ...


class LocalStore:
    """A folder on the local disk, two levels deep; a file is synced, then moved to its place."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.FILES_ROOT)

    def place(self, pk: UUID) -> Path:
        """Where a file lies. The last characters of a UUIDv7 are its random ones, so folders fill evenly."""
        name = str(pk)
        return self.root / name[-2:] / name[-4:-2] / name

    @contextmanager
    def writing(self, pk: UUID) -> Iterator[BinaryIO]:
        drafts = self.root / "drafts"
        drafts.mkdir(mode=0o750, parents=True, exist_ok=True)
        draft = drafts / uuid4().hex
        try:
            with draft.open("xb") as file:
                draft.chmod(0o640)
                yield file
                file.flush()
                os.fsync(file.fileno())
            self._stand(draft, self.place(pk))
        finally:
            draft.unlink(missing_ok=True)

    def _stand(self, draft: Path, place: Path) -> None:
        """Move the draft to its place and sync every folder whose list of names changed."""
        fresh = [folder for folder in (place.parent.parent, place.parent) if not folder.exists()]
        place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        draft.rename(place)
        for folder in {place.parent, *(folder.parent for folder in fresh)}:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def open(self, pk: UUID) -> BinaryIO:
        return self.place(pk).open("rb")

    def remove(self, pk: UUID) -> None:
        self.place(pk).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[UUID, float]]:
        for path in self.root.glob("??/??/*"):
            with suppress(FileNotFoundError, ValueError):
                yield UUID(path.name), path.stat().st_mtime

    def clear_drafts(self, older_than: float) -> int:
        """Remove drafts a killed process left, last written before `older_than` (seconds since 1970)."""
        left = [path for path in self.root.glob("drafts/*") if path.stat().st_mtime < older_than]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


def store() -> Store:
    """The store of this installation."""
    named: type[Store] = import_string(getattr(settings, "FILE_STORE", "kernel.files.store.LocalStore"))
    return named()
