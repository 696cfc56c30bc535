"""The platform as its user runs it: `manage.py up` as a process of its own on a data folder of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from config.local.places import ROOT

OWN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_AUDIT_URL",
    "DATABASE_POOL",
    "REDIS_URL",
    "REDIS_PREFIX",
)
OWN += ("SECRET_KEY", "EMBEDDED", "HTTPS", "STATIC_HASHED", "LIANYI_DATA", "DJANGO_SETTINGS_MODULE", "DEMO")
"""Variables by which the tests' own settings find their services: the platform starts without them."""


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


class House:
    """One platform: started, asked, ended, killed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.dicom_port = free_port()
        self.output = data.parent / f"{data.name}-up.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        known = {name: value for name, value in os.environ.items() if name not in OWN}
        return known | {"LIANYI_DATA": str(self.data), "DICOM_PORT": str(self.dicom_port)}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *arguments: str, patience: float = 240.0) -> None:
        """Start and wait until it is ready. Raises AssertionError with its output when it does not get there."""
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port), *arguments]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, env=self.env, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + patience
        while "ready after" not in self.output.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(self.told())
            time.sleep(0.1)

    def told(self) -> str:
        """What the platform said, and the end of each log."""
        logs = sorted((self.data / "log").glob("*.log"))
        ends = [f"== {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs]
        return "\n".join([self.output.read_text(), *ends])

    def end(self, number: int = signal.SIGINT) -> float:
        """Send a signal and wait for the end; returns the seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(60)
        return time.monotonic() - began

    def end_anyhow(self) -> None:
        """After a test, whatever happened in it."""
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)
            self.nothing_left()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of one address."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("GET", path, headers={"Host": "127.0.0.1"})
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def processes(self) -> list[str]:
        """Command lines of this platform's processes that live, found by its data folder or its port."""
        marks = (os.fsencode(self.data), b"\0" + str(self.port).encode() + b"\0")
        environment = b"LIANYI_DATA=" + os.fsencode(self.data) + b"\0"
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
                around = (process / "environ").read_bytes()
            except OSError:
                continue
            if command and (any(mark in command for mark in marks) or environment in around):
                found.append(command.replace(b"\0", b" ").decode(errors="replace").strip())
        return found

    def nothing_left(self, patience: float = 20.0) -> list[str]:
        """The processes still there after `patience` seconds."""
        deadline = time.monotonic() + patience
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left
