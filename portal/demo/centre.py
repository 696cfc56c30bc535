"""The insurance centre's simulator, running for as long as the county's money is told."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from kernel.errors import Unavailable

PATIENCE: Final = 20.0
"""Seconds until the centre must answer."""


@contextmanager
def running(folder: Path) -> Iterator["Centre"]:
    """The centre as a process of its own on its own store in `folder`. Raises Unavailable when it does not start."""
    port = folder / "port"
    port.unlink(missing_ok=True)
    command = [sys.executable, "-m", "insurance_bridge.simulator", "--data", str(folder)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR) as process:  # noqa: S603 - our own module
        try:
            yield Centre(folder, _port(process, port))
        finally:
            process.terminate()


def _port(process: "subprocess.Popen[bytes]", file: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.02)
    raise Unavailable(detail={"process": "insurance_bridge.simulator"})


class Centre:
    """The control side of a running centre."""

    def __init__(self, folder: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/control"
        self.headers = {"X-Control-Key": (folder / "control").read_text().strip()}

    def control(self, name: str, **body: Any) -> Any:
        """Turn its clock (`clock`, offset in seconds), plant a difference (`plant`), look at it (`settlements`)."""
        order = urllib.request.Request(f"{self.address}/{name}", json.dumps(body).encode(), self.headers)  # noqa: S310 - our own loopback
        with urllib.request.urlopen(order, timeout=10) as answer:  # noqa: S310 - as above
            return json.load(answer)
