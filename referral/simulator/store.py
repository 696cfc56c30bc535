"""What the hospital outside keeps: one SQLite file, committed before any answer."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS message (
  header TEXT PRIMARY KEY, way TEXT NOT NULL, activity TEXT NOT NULL, bundle TEXT NOT NULL, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, remaining INTEGER NOT NULL);
"""


class Store:
    """The store; `transaction()` serialises."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + SCHEMA)
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


def keep(connection: sqlite3.Connection, way: str, bundle: dict[str, Any]) -> str:
    """Keep a message, once per header; answers the header's id."""
    header = bundle["entry"][0]["resource"]
    connection.execute(
        "INSERT INTO message VALUES (?,?,?,?,1) ON CONFLICT (header) DO UPDATE SET times = times + 1",
        (header["id"], way, header["eventCoding"]["code"], json.dumps(bundle, ensure_ascii=False)),
    )
    return str(header["id"])


def kept(connection: sqlite3.Connection, way: str) -> list[dict[str, Any]]:
    """All messages of one way, oldest first."""
    rows = connection.execute("SELECT * FROM message WHERE way = ? ORDER BY rowid", (way,))
    return [
        {
            "header": row["header"],
            "activity": row["activity"],
            "times": row["times"],
            "bundle": json.loads(row["bundle"]),
        }
        for row in rows
    ]


def take_fault(connection: sqlite3.Connection) -> str:
    """The next planted fault, used up by one; "" for none."""
    row = connection.execute("SELECT * FROM fault WHERE remaining > 0 ORDER BY id LIMIT 1").fetchone()
    if row is None:
        return ""
    connection.execute("UPDATE fault SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    return str(row["kind"])
