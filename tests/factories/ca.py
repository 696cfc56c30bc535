"""The simulated licensed CA as a process of its own, reached over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kernel.simulator.beside import Beside


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Its folder: `port`, its public key `ca.pem`, its `mood`."""
    with Beside("kernel.simulator.ca", folder):
        yield folder


def ask(settings: Any, folder: Path) -> None:
    """Papers sealed from now on wait for this CA, and the house for its answer: others use the cores too."""
    settings.CA_URL = f"http://127.0.0.1:{(folder / 'port').read_text()}"
    settings.CA_PUBLIC_KEY, settings.CA_TIMEOUT = str(folder / "ca.pem"), 60
    (folder / "mood").write_text("")
