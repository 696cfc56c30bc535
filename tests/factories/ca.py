"""The simulated licensed CA as a process of its own, reached over HTTP."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.local.places import ROOT


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Its folder: `port`, its public key `ca.pem`, its `mood`."""
    process = subprocess.Popen([sys.executable, "-m", "kernel.simulator.ca", "--data", str(folder)], cwd=ROOT)
    deadline = time.monotonic() + 30
    while not (folder / "port").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    try:
        yield folder
    finally:
        process.terminate()
        process.wait(10)


def ask(settings: Any, folder: Path) -> None:
    """Papers sealed from now on wait for this CA."""
    settings.CA_URL = f"http://127.0.0.1:{(folder / 'port').read_text()}"
    settings.CA_PUBLIC_KEY, settings.CA_TIMEOUT = str(folder / "ca.pem"), 1
    (folder / "mood").write_text("")
