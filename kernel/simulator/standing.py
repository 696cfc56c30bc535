"""What every stand-in stands on: secrets of its own, one SQLite file, silent HTTP on loopback, its port in a file."""

import os
import secrets
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any, Final

LIMIT: Final = 8 * 2**20
"""Bytes of a request."""


def secret(path: Path) -> str:
    """The secret in `path`, made when it is not there, readable by the owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


class Store:
    """One SQLite file, committed before any answer. `transaction()` serialises: the other house is slow and correct."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + schema)
        self._lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


class Quiet(BaseHTTPRequestHandler):
    """A request of another house: answered whole or cut off, and never in a log of ours."""

    protocol_version = "HTTP/1.1"
    media = "application/json; charset=utf-8"

    def do_GET(self) -> None:
        self.send(200 if self.path == "/healthz" else 404, b'{"status":"ok"}')

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if length > LIMIT:
            self.close_connection = True
            self.send(413, b"{}")
        else:
            self.asked(self.rfile.read(length))

    def asked(self, body: bytes) -> None:
        """Answer a POST to `self.path`."""
        raise NotImplementedError

    def send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", self.media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """The line breaks."""
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: what was asked stands in the platform's own record."""


def bound(handler: type[Quiet], port: int, **given: Any) -> ThreadingHTTPServer:
    """A server on loopback whose handler has what is given; `stand` runs it."""
    return ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (handler,), given))


def stand(server: ThreadingHTTPServer, folder: Path) -> None:
    """Write the port to `folder`/port, whole, and serve until told to end."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    draft = folder / f".port.{os.getpid()}"
    draft.write_text(str(server.server_address[1]))
    draft.rename(folder / "port")
    server.serve_forever()
