"""Real services for the tests: PostgreSQL and Valkey of their own, up before Django reads its settings.

Loaded by `-p tests.plugin`. The controlling process starts both in a temporary folder, in memory where there is plenty
of it, and ends them; the workers of xdist inherit the addresses. The migrated template is built while several workers
collect, or by the first test that needs a database (`tests/databases.py`), and kept for the next run.
"""

import atexit
import os
import re
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from config.local import addresses
from config.local.places import ROOT, Places
from config.local.postgres import Cluster, binaries, reachable
from config.local.roles import bootstrap
from config.local.valkey import Valkey
from tests import cache

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
CACHE = (int(WORKER.removeprefix("gw")) + 1) % 16 if WORKER.startswith("gw") else 0
"""Valkey's database of this process: emptying the cache empties all of a database, so none is shared."""
STAND = "LIANYI_TEST_STAND"
"""Environment variable: the folder of this run, set by the controlling process."""

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
PLENTY = 6 * 1024**3
"""Bytes of memory that must be free for a run's databases to lie there; three workers take about one of them."""

PLANTED = ("Planted-Geheim-7319", "Mistyped-Geheim-2284", "Summer-rain-2026")
"""Passwords the tests type, right and wrong (`tests/infra/test_logs.py` and wherever somebody signs in)."""


class Stand:
    """The services of one run."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.places = Places(room / "data")
        sockets = addresses.socket_folder(self.places, "postgres")
        self.postgres = Cluster(self.places.data / "postgres", sockets, room / "postgres.log", fast=True)
        self.valkey = Valkey(
            room / "valkey", addresses.socket_folder(self.places, "valkey"), room / "valkey.log"
        )
        self.valkey.durable = False

    def start(self) -> None:
        self.room.chmod(0o711)  # the database runs as nobody when this process is root
        if not cache.restore(self.places.data):
            self.places.made()
            self.postgres.create(self.places.secret("database-superuser"))
        self.postgres.start()
        bootstrap(self.places, str(self.postgres.sockets), "postgres")
        self.valkey.start()

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()
        if (self.room / "template-built").exists():
            cache.keep(self.places.data)
        shutil.rmtree(self.room, ignore_errors=True)


def _ground() -> Path | None:
    """Where databases are quickest: the memory's file system, unless it is small, full or must hold programs too."""
    if not MEMORY.is_dir() or not reachable(binaries()):
        return None
    free = re.search(r"MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text())
    available = int(free[1]) * 1024 if free else 0
    return MEMORY if min(available, shutil.disk_usage(MEMORY).free) > PLENTY else None


def _room() -> Path:
    """A folder for this run, named after its process; what killed runs left in memory goes first."""
    ground = _ground()
    for left in MEMORY.glob("lianyi-test-*"):
        owner = left.name.split("-")[2]
        if owner.isdigit() and not Path("/proc", owner).exists() and left.stat().st_uid == os.getuid():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"lianyi-test-{os.getpid()}-", dir=ground))


def _announce(places: Places) -> None:
    """The addresses of this process's database, for the settings it will load and for its children."""
    name = f"lianyi_{WORKER}"
    os.environ |= {
        **addresses.database_variables(places, name),
        "DATABASE_POOL": "0",
        "REDIS_URL": addresses.redis_url(places, CACHE),
        "REDIS_PREFIX": f"test-{WORKER}",
        "SECRET_KEY": "of-the-tests-" + "0" * 40,
        "EMBEDDED": "1",
        "HTTPS": "0",
        "STATIC_HASHED": "0",
        "LIANYI_DATA": str(places.data),
    }


def secrets_in_logs(room: Path) -> list[str]:
    """Which planted word stands in which log of this run."""
    logs = {path: path.read_text(errors="replace") for path in sorted(room.rglob("*.log"))}
    return [f"{word} in {path.name}" for path, text in logs.items() for word in PLANTED if word in text]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """After the last test: what was typed as a password anywhere in the suite stands in no log of its services."""
    if WORKER == "main" and (found := secrets_in_logs(Path(os.environ[STAND]))):
        sys.stderr.write(f"\nsecrets in logs: {'; '.join(found)}\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Every worker will want the template: it is built while they collect."""
    Thread(target=_prepare).start()


def _prepare() -> None:
    from tests import databases  # lazy: it reads what this module announces

    with suppress(databases.TemplateBroken):  # whoever clones it is told
        databases.ensure_template()


def _begin() -> None:
    """Start the services once, in the controlling process, which ends them when it ends."""
    if room := os.environ.get(STAND):
        _announce(Places(Path(room) / "data"))
        return
    stand = Stand(_room())
    atexit.register(stand.stop)
    stand.start()
    (ROOT / "staticfiles").mkdir(
        exist_ok=True
    )  # a fresh clone has not collected any; nobody misses them here
    os.environ[STAND] = str(stand.room)
    _announce(stand.places)


_begin()
