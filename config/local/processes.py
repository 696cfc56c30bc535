"""Child processes that never outlive their parent, and an end that always comes."""

import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
KILL_AFTER = 2.0
"""Seconds a child may take to end before it is killed."""


def nobody() -> pwd.struct_passwd | None:
    """The user a server runs as when this process is root (PostgreSQL refuses root); None otherwise."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def die_with_parent(death_signal: int = signal.SIGKILL) -> None:
    """Ask the system for `death_signal` when the parent of this process dies (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)


def _prepare(death_signal: int, parent: int) -> None:
    """In the child, before exec: die with the parent, and hear SIGINT even below a shell's `&`."""
    die_with_parent(death_signal)
    if os.getppid() != parent:
        os._exit(1)  # the parent died before the line above
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(slots=True)
class Child:
    """One running child in a session of its own, so that a terminal's Ctrl-C reaches only its parent."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int = signal.SIGTERM
    asked_at: float = field(default=0.0)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def ask_to_end(self) -> None:
        if self.running:
            self.process.send_signal(self.stop_signal)
        self.asked_at = time.monotonic()

    def await_end(self, patience: float = KILL_AFTER) -> None:
        """Wait until it has ended; kill it and what it started when its patience is over."""
        if not self.ended_within(patience):
            self.kill()
        self.process.wait()

    def ended_within(self, patience: float) -> bool:
        """Wait until it has ended, at most `patience` seconds after it was asked to."""
        try:
            self.process.wait(max(0.0, self.asked_at + patience - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it and what it started, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)


def end_together(children: Sequence[Child], patience: float) -> None:
    """Ask all to end; those still there after `patience` seconds are killed together."""
    for child in children:
        child.ask_to_end()
    for child in [child for child in children if not child.ended_within(patience)]:
        child.kill()
    for child in children:
        child.process.wait()


def spawn(
    name: str,
    command: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    stop_signal: int = signal.SIGTERM,
    death_signal: int = signal.SIGKILL,
    as_nobody: bool = False,
    cwd: Path | None = None,
) -> Child:
    """Start a child whose output goes to `log` and that gets `death_signal` when this process dies, however it dies.

    The system sends that signal when the thread that called this ends: call it from the main thread.
    """
    user = nobody() if as_nobody else None
    parent = os.getpid()
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: _prepare(death_signal, parent),
            **identity,  # type: ignore[call-overload]  # a dict of keyword arguments is not seen through
        )
    return Child(name, process, stop_signal)
