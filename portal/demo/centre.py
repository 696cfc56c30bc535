"""A neighbour of the county (insurance centre, hospital outside), running for as long as its stories are told."""

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
def running(folder: Path, module: str = "insurance_bridge.simulator") -> Iterator["Centre"]:
    """It as a process of its own on its own store in `folder`. Raises Unavailable when it does not start."""
    port = folder / "port"
    port.unlink(missing_ok=True)
    command = [sys.executable, "-m", module, "--data", str(folder)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR) as process:  # noqa: S603 - our own module
        try:
            yield Centre(folder, _port(process, port, module))
        finally:
            process.terminate()


def _port(process: "subprocess.Popen[bytes]", file: Path, module: str) -> int:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.02)
    raise Unavailable(detail={"process": module})


class Centre:
    """The control side of a running neighbour; `base` is its address."""

    def __init__(self, folder: Path, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.headers = {"X-Control-Key": (folder / "control").read_text().strip()}

    def control(self, name: str, **body: Any) -> Any:
        """Turn the centre's clock (`clock`, offset in seconds), plant a difference (`plant`), look at it
        (`settlements`); let the hospital write a message (`request`)."""
        order = urllib.request.Request(f"{self.base}/control/{name}", json.dumps(body).encode(), self.headers)  # noqa: S310 - our own loopback
        with urllib.request.urlopen(order, timeout=10) as answer:  # noqa: S310 - as above
            return json.load(answer)
