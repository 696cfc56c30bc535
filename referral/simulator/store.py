"""What the hospital outside keeps."""

import json
import sqlite3
from pathlib import Path
from typing import Any, Final

from kernel.simulator.standing import Store

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS message (
  header TEXT PRIMARY KEY, way TEXT NOT NULL, activity TEXT NOT NULL, bundle TEXT NOT NULL, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, remaining INTEGER NOT NULL);
"""


class Post(Store):
    """The hospital's store of messages."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)


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
