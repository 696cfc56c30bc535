"""The insurance centre as a real process beside the tests, and rows of the insurance desk."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from insurance_bridge.conf import SERVICE_PATH


class Centre:
    """A running simulator: its address, its secret, its control side."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-m", "insurance_bridge.simulator", "--data", str(data)],
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        self.port = self._port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.url = self.base + SERVICE_PATH
        self.secret = (data / "secret").read_text().strip()

    def _port(self) -> int:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            written = self.data / "port"
            if written.exists() and written.read_text().strip():
                return int(written.read_text())
            time.sleep(0.05)
        raise TimeoutError("the simulator did not start")

    def control(self, name: str, **body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.base}/control/{name}",
            json.dumps(body).encode(),
            {"X-Control-Key": (self.data / "control").read_text().strip()},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def insure(self, **person: Any) -> str:
        (number,) = self.control("persons", persons=[person])["psn_no"]
        return str(number)

    def settlements(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("settlements")["settlements"]
        return found

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def running_centre(data: Path) -> Iterator[Centre]:
    centre = Centre(data)
    try:
        yield centre
    finally:
        centre.stop()
