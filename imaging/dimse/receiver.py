"""The receiver as one process: listener, committer and settler together."""

import time
from pathlib import Path
from typing import Final

from django.conf import settings

from imaging.dimse.archive import Archive
from imaging.dimse.committer import Committer, Settler
from imaging.engine.listener import Listener
from kernel.conf import data_folder

STALE_SECONDS: Final = 24 * 3600


class Receiver:
    """Serves until `stop`. Unfinished spool files of earlier processes were never acknowledged and go."""

    def __init__(self, *, host: str, port: int, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "spool" / "dicom"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tidy()
        self.committer, self.settler = Committer(), Settler()
        self.listener = Listener(
            host=host, port=port, archive_of=self._archive, most=settings.DICOM_ASSOCIATIONS
        )

    @property
    def port(self) -> int:
        return self.listener.port

    def serve(self) -> None:
        self.listener.serve()

    def stop(self) -> None:
        """End associations first, then file what is whole, then settle."""
        self.listener.stop()
        self.committer.stop()
        self.settler.stop()

    def _archive(self, address: str) -> Archive:
        return Archive(address, folder=self.folder, committer=self.committer, settler=self.settler)

    def _tidy(self) -> None:
        edge = time.time() - STALE_SECONDS
        for path in self.folder.glob("*.part"):
            if path.stat().st_mtime < edge:
                path.unlink(missing_ok=True)
