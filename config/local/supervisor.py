"""`manage.py up`: the whole platform under one supervisor on one machine.

Embedded services (unless DATABASE_URL and REDIS_URL are set), build and migration where stale, the demo
county into an empty embedded database, then web, worker, beat and DICOM receiver. A child that ends is
started again, Valkey too; when the database ends, everything ends. Ctrl-C ends all.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from config import env
from config.local import addresses, build, services, starting, welcome
from config.local.places import ROOT, Places
from config.local.postgres import Cluster, NotStarted
from config.local.processes import Child, end_together, spawn
from config.local.valkey import Valkey

MANAGE = [sys.executable, str(ROOT / "manage.py")]
ALONE = ["--without-gossip", "--without-mingle"]
"""Workers need not know of each other; it saves a second at start."""
PATIENCE = 1.6
"""Seconds a process may take to end before it is killed."""
ALL_OVER = 2.3
"""Seconds within which everything has ended; the database gets what is left of it, at least half a second."""
READY_WITHIN = 90.0
LOG_BYTES = 10 * 1024 * 1024
"""Size above which a process's log starts anew at its next start; the one before is kept."""


class Stop(Exception):
    """Somebody asked the platform to end."""


class Failed(Exception):
    """The platform cannot start; the message says why."""


def has_command(name: str) -> bool:
    """Whether an app brings the management command."""
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


class House:
    """The running platform: services first, the house's own processes above them."""

    def __init__(self, places: Places, *, host: str, port: int, demo: bool) -> None:
        self.places, self.host, self.port = places, host, port
        self.embedded = not os.environ.get("DATABASE_URL")
        self.demo = demo and self.embedded
        self.env = os.environ | {"PORT": str(port)}
        self.stopping = threading.Event()
        self.postgres: Cluster | None = None
        self.valkey: Valkey | None = None
        self.children: dict[str, Child] = {}
        self.restarts: dict[str, float] = {}

    def commands(self) -> dict[str, list[str]]:
        """The processes above the services."""
        celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
        processes = {
            "web": [sys.executable, "-m", "config.local.web", self.host, str(self.port)],
            "worker": [*celery, "worker", "-P", "threads", "-c", "4", *ALONE, "-l", "WARNING"],
            "beat": [*celery, "beat", "-S", "config.beat.OnlyBeat", "-l", "WARNING"],
        }
        if has_command("dicom_receiver"):
            processes["dicom"] = [*MANAGE, "dicom_receiver"]
        if self.demo:
            simulator = [sys.executable, "-m", "insurance_bridge.simulator"]
            processes["insurance"] = [*simulator, "--data", str(self.places.data / "insurance")]
        return processes

    # -- start --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Everything up to a ready answer of the web process; what browsers load is built beside the tables and the
        demo. Raises Failed, NotStarted, Stop.
        """
        self._check_secrets()
        self._say_starting()
        build.messages()
        self._start_child("build", [sys.executable, "-m", "config.local.build"])
        self._start_services()
        self._pause()
        self._migrate()
        self._load_demo()
        self._finish("build")
        for name, command in self.commands().items():
            self._start_child(name, command)
        self._await_ready()

    def _check_secrets(self) -> None:
        """Only an embedded installation makes up its secrets. Raises Failed naming what is missing elsewhere."""
        if not env.flag("EMBEDDED", self.embedded) and (missing := self.places.missing_secrets()):
            names = "\n".join(f"    {file}" for file in missing)
            raise Failed(f"secrets are missing (deploy/README.md says how they are made):\n{names}")

    def _say_starting(self) -> None:
        """A browser that comes too early reads so, until the web process answers. Raises Failed: the port is taken."""
        if starting.taken(self.host, self.port):
            raise Failed(f"another program listens on port {self.port}; choose one with --port")
        self._start_child(
            "starting", [sys.executable, "-m", "config.local.starting", self.host, str(self.port)]
        )

    def _start_services(self) -> None:
        if self.embedded:
            say("starting the database")
            self.postgres = services.start_postgres(self.places)
            self.env["DEMO"] = "1" if self.demo else ""
            self.env |= addresses.database_variables(self.places)
            self.env["EMBEDDED"], self.env["HTTPS"] = "1", self.env.get("HTTPS") or "0"
        if not os.environ.get("REDIS_URL"):
            self.valkey = services.valkey(self.places)
            self.valkey.start()
            self.env["REDIS_URL"] = addresses.redis_url(self.places)

    def _migrate(self) -> None:
        """Bring the database to the tables of this version; skipped while nothing about them changed."""
        stamp = self.places.data / "migrated"
        mark = build.fingerprint(ROOT.glob("*/migrations/*.py"))
        if self.embedded and stamp.exists() and stamp.read_text() == mark:
            return
        say("preparing the tables")
        self._command("migrate", "-v0", "--skip-checks")
        stamp.write_text(mark)

    def _load_demo(self) -> None:
        loaded = (self.places.data / "demo" / "credentials.json").exists()
        if not self.demo or loaded or not has_command("demo"):
            return
        say("loading the demo county")
        self._command("demo", "--skip-checks")

    def _command(self, *arguments: str) -> None:
        """Run one management command to its end; a stop request ends it too."""
        self._start_child(arguments[0], [*MANAGE, *arguments])
        self._finish(arguments[0])

    def _finish(self, name: str) -> None:
        """Wait until a child that has an end gets there. Raises Failed with its last words when it went wrong."""
        child = self.children[name]
        while child.running:
            self._pause(0.05)
        del self.children[name]
        if child.process.returncode:
            raise Failed(f"`{name}` failed:\n{tail(self.places.logs / f'{name}.log')}")

    def _start_child(self, name: str, command: Sequence[str]) -> None:
        log = self.places.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        self.children[name] = spawn(name, command, log, env=self.env, cwd=ROOT)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while name := welcome.awaited(self.host, self.port):
            late = time.monotonic() > deadline
            if late or not self.children["web"].running:
                raise Failed(f"{name} does not come up:\n{tail(self.places.logs / f'{name}.log')}")
            if name != "web":
                self._end_starting()
            self._pause(0.1)
        self._end_starting()

    def _end_starting(self) -> None:
        """The web process answers: it has the address for itself."""
        if page := self.children.pop("starting", None):
            page.ask_to_end()
            page.await_end()

    def _pause(self, seconds: float = 0.0) -> None:
        """Wait, unless somebody asked to stop: then raise Stop."""
        if self.stopping.wait(seconds):
            raise Stop

    # -- watch and end ------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Until somebody asks to stop: start again what ended. Raises Failed when the database ended."""
        while not self.stopping.wait(0.3):
            if self.postgres is not None and self.postgres.child and not self.postgres.child.running:
                raise Failed(f"{self.postgres.child.name} ended:\n{tail(self.postgres.log)}")
            if self.valkey is not None and self.valkey.child and not self.valkey.child.running:
                self._start_valkey_again(self.valkey)
            for name, command in self.commands().items():
                if not self.children[name].running:
                    self._start_again(name, command)

    def _may_start_again(self, name: str) -> bool:
        """At most once in two seconds for each process: a process that cannot live must not burn the machine."""
        if time.monotonic() - self.restarts.get(name, 0.0) < 2.0:
            return False
        self.restarts[name] = time.monotonic()
        return True

    def _start_valkey_again(self, valkey: Valkey) -> None:
        """Without the queue nothing is lost and every page answers, only later: the house stays up and tries again."""
        if self._may_start_again("valkey"):
            say("valkey ended; starting it again, see valkey.log")
            try:
                valkey.start()
            except NotStarted as failure:
                say(str(failure))

    def _start_again(self, name: str, command: Sequence[str]) -> None:
        if not self._may_start_again(name):
            return
        status = self.children[name].process.returncode
        say(f"{name} ended (status {status}); starting it again, see {name}.log")
        self._start_child(name, command)

    def end(self) -> None:
        """End the house's own processes together, then its services."""
        began = time.monotonic()
        end_together(list(self.children.values()), PATIENCE)
        below = [service.child for service in (self.valkey, self.postgres) if service and service.child]
        end_together(below, max(0.5, began + ALL_OVER - time.monotonic()))


def say(text: str) -> None:
    print(f"lianyi: {text}", flush=True)


def tail(log: Path, characters: int = 2000) -> str:
    return log.read_text(errors="replace")[-characters:] if log.exists() else ""


@contextmanager
def only_one(places: Places) -> Iterator[None]:
    """One supervisor for one data folder."""
    with (places.data / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"the platform already runs on {places.data}") from None
        yield


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Run the whole platform on this machine."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address the web process listens on")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument(
        "--demo", action="store_true", help="the demo county, into an empty embedded database only"
    )
    return parser.parse_args(arguments)


def up(arguments: Sequence[str]) -> int:
    """Run until asked to stop. Returns the process's exit status."""
    wanted = _arguments(arguments)
    places = Places.here().made()
    house = House(places, host=wanted.host, port=wanted.port, demo=wanted.demo)

    def stop(number: int, frame: FrameType | None) -> None:
        house.stopping.set()

    # Named explicitly: a shell starts `command &` with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        with only_one(places):
            return _run(house)
    except Failed as failure:
        print(f"lianyi: {failure}", file=sys.stderr)
        return 1


def _run(house: House) -> int:
    began = time.monotonic()
    try:
        house.start()
        welcome.print_welcome(house.places, house.host, house.port, demo=house.demo)
        say(f"ready after {time.monotonic() - began:.1f} s; Ctrl-C ends it")
        house.watch()
    except Stop:
        pass
    except (NotStarted, subprocess.SubprocessError) as failure:
        raise Failed(str(failure)) from failure
    finally:
        house.end()
    say("ended")
    return 0
