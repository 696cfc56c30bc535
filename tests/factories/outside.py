"""A hospital outside as a real process beside the tests, and what a test county needs to meet it."""

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

from consortium.choices import OrganisationKind
from consortium.models import Organisation
from kernel.actor import Actor
from referral import services
from tests.factories.consortium import make_organisation

HOUSE = Actor.system("tests")
DOOR = "/fhir/$process-message"


class Hospital:
    """A running hospital outside: its address, its token, its control side."""

    def __init__(self, data: Path, port: int = 0) -> None:
        self.data = data
        (data / "port").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "referral.simulator", "--data", str(data), "--port", str(port)],
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        self.port = self._port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.address = self.base + DOOR
        self.token = (data / "token").read_text().strip()

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
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def received(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("messages")["messages"]
        return found

    def stop(self, *, at_once: bool = False) -> None:
        if at_once:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(30)


@contextmanager
def running_hospital(data: Path) -> Iterator[Hospital]:
    hospital = Hospital(data)
    try:
        yield hospital
    finally:
        hospital.stop()


def make_outside(hospital: Hospital | None = None) -> Organisation:
    """A hospital outside the county; reached by messages where one runs."""
    place = make_organisation(kind=OrganisationKind.OUTSIDE)
    if hospital is not None:
        services.set_peer(by=HOUSE, organisation_id=place.pk, address=hospital.address, token=hospital.token)
    return place
