"""The centre's ledger."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.simulator.standing import Store

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS person (
  psn_no TEXT PRIMARY KEY, certno TEXT UNIQUE NOT NULL, name TEXT NOT NULL, gend TEXT, brdy TEXT,
  insutype TEXT NOT NULL, psn_type TEXT NOT NULL, balance INTEGER NOT NULL, identities TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS visit (
  mdtrt_id TEXT PRIMARY KEY, psn_no TEXT NOT NULL, fixmedins TEXT NOT NULL, level INTEGER NOT NULL,
  med_type TEXT NOT NULL, begun TEXT NOT NULL, route TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fee (
  mdtrt_id TEXT NOT NULL, feedetl_sn TEXT NOT NULL, cnt TEXT NOT NULL, pric TEXT NOT NULL, lv TEXT NOT NULL,
  selfpay_prop TEXT NOT NULL, uplmt TEXT, PRIMARY KEY (mdtrt_id, feedetl_sn));
CREATE TABLE IF NOT EXISTS settlement (
  setl_id TEXT PRIMARY KEY, mdtrt_id TEXT NOT NULL, psn_no TEXT NOT NULL, fixmedins TEXT NOT NULL,
  msgid TEXT NOT NULL, chrg_bchno TEXT NOT NULL, insutype TEXT NOT NULL, clr_type TEXT NOT NULL,
  day TEXT NOT NULL, at TEXT NOT NULL, total INTEGER NOT NULL, fund INTEGER NOT NULL, account INTEGER NOT NULL,
  cash INTEGER NOT NULL, info TEXT NOT NULL, refunds TEXT, standing INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS message (
  msgid TEXT PRIMARY KEY, infno TEXT NOT NULL, reference TEXT NOT NULL, at TEXT NOT NULL, made TEXT);
CREATE TABLE IF NOT EXISTS file (
  file_qury_no TEXT PRIMARY KEY, filename TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS fault (
  id INTEGER PRIMARY KEY, infno TEXT NOT NULL, kind TEXT NOT NULL, remaining INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS clock (only INTEGER PRIMARY KEY CHECK (only = 1), offset REAL NOT NULL);
"""
INSERT_SETTLEMENT: Final = "INSERT INTO settlement VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"


class Ledger(Store):
    """The centre's store."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)


def now(connection: sqlite3.Connection) -> datetime:
    """The centre's clock in China time: the machine's, moved by the control offset."""
    row = connection.execute("SELECT offset FROM clock").fetchone()
    return (datetime.now(UTC) + timedelta(seconds=row["offset"] if row else 0)).astimezone(SHANGHAI)


def next_number(connection: sqlite3.Connection, name: str) -> int:
    connection.execute("INSERT OR IGNORE INTO counter VALUES (?, 0)", (name,))
    connection.execute("UPDATE counter SET value = value + 1 WHERE name = ?", (name,))
    row = connection.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
    return int(row["value"])


def add_person(connection: sqlite3.Connection, person: Mapping[str, Any]) -> str:
    """Insure a person, or change her entry; returns psn_no. Balance in cents."""
    found = connection.execute("SELECT psn_no FROM person WHERE certno = ?", (person["certno"],)).fetchone()
    psn_no = found["psn_no"] if found else f"P{next_number(connection, 'person'):019d}"
    connection.execute(
        "INSERT OR REPLACE INTO person VALUES (?,?,?,?,?,?,?,?,?)",
        (
            psn_no,
            person["certno"],
            person["name"],
            person.get("gend", "9"),
            person.get("brdy", ""),
            person.get("insutype", "390"),
            person.get("psn_type", "1560"),
            int(person.get("balance", 0)),
            json.dumps(person.get("identities", []), ensure_ascii=False),
        ),
    )
    return psn_no


def take_fault(connection: sqlite3.Connection, infno: str) -> sqlite3.Row | None:
    """The next planted fault of a transaction, used up by one."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM fault WHERE infno = ? AND remaining > 0 ORDER BY id LIMIT 1", (infno,)
    ).fetchone()
    if row is not None:
        connection.execute("UPDATE fault SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    return row
