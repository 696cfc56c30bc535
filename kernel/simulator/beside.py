"""A stand-in beside this process: started, spoken to, ended. For the demo's stories and the tests."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Final, Self

from django.conf import settings

from kernel.errors import Unavailable

PATIENCE: Final = 20.0
"""Seconds until it must listen."""


class Beside:
    """A running stand-in: `base` is its address, `folder` holds its store and secrets.

    Raises Unavailable (503) when it does not start.
    """

    def __init__(self, module: str, folder: Path, port: int = 0) -> None:
        self.module, self.folder = module, folder
        (folder / "port").unlink(missing_ok=True)
        command = [sys.executable, "-m", module, "--data", str(folder), "--port", str(port)]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR)  # noqa: S603 - our own module
        self.port = self._port()
        self.base = f"http://127.0.0.1:{self.port}"

    def _port(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            if (self.folder / "port").exists():
                return int((self.folder / "port").read_text())
            time.sleep(0.02)
        self.stop(at_once=True)
        raise Unavailable(detail={"process": self.module})

    def secret(self, name: str) -> str:
        """One of its secrets, as it wrote it down."""
        return (self.folder / name).read_text().strip()

    def control(self, name: str, **body: Any) -> Any:
        """Ask its control side: `fault`, what came (`messages`, `settlements`), its clock, a message to write."""
        order = urllib.request.Request(  # noqa: S310 - our own loopback
            f"{self.base}/control/{name}",
            json.dumps(body).encode(),
            {"X-Control-Key": self.secret("control")},
        )
        with urllib.request.urlopen(order, timeout=30) as answer:  # noqa: S310 - as above
            return json.load(answer)

    def stop(self, *, at_once: bool = False) -> None:
        """End it; `at_once` as a machine that loses its power."""
        if at_once:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
