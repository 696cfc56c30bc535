"""The database side: one snapshot, dumped and counted; and the way back into an empty database."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import psycopg
from django.db import connections
from psycopg import sql

OWNER: Final = "owner"
LEFT_OUT: Final = (" EXTENSION ", " SCHEMA - public", "COMMENT - EXTENSION")
"""Entries the empty database already has: a superuser's, not the owner's."""


class Failed(Exception):
    """A program of PostgreSQL ended with an error; the message is what it said."""


def parameters() -> dict[str, Any]:
    """How the owner of the tables connects."""
    known = connections[OWNER].get_connection_params()
    return {name: value for name, value in known.items() if name not in {"context", "cursor_factory", "pool"}}


def _environment() -> dict[str, str]:
    """The same for the programs; a password does not stand in their arguments."""
    known = parameters()
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    names["sslmode"] = "PGSSLMODE"
    given = {variable: str(known[name]) for name, variable in names.items() if known.get(name)}
    return {**os.environ, **given}


@contextmanager
def snapshot() -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A connection that sees one moment, and the name by which others see the same one."""
    with psycopg.connect(**parameters()) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        name = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield connection, str(name[0]) if name else ""


def counted(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    """Rows of every table and the sum of their digests: equal for equal rows, in whatever order they lie."""
    connection.execute("SET LOCAL timezone = 'UTC'")
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    ).fetchall()
    found = {}
    for (name,) in names:
        row = connection.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)::text"
                " FROM {} AS t"
            ).format(sql.Identifier(name))
        ).fetchone()
        found[str(name)] = (int(row[0]), str(row[1])) if row else (0, "0")
    return found


def dump(programs: Path, snapshot_name: str, out: Any) -> None:
    """Write the dump (custom format) into `out`. Raises Failed."""
    order = [str(programs / "pg_dump"), "-Fc", "-Z", "6", "--snapshot", snapshot_name]
    with subprocess.Popen(  # noqa: S603 - our own program, our own arguments
        order, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
    ) as running:
        assert running.stdout is not None  # noqa: S101 - asked for above
        while piece := running.stdout.read(1 << 20):
            out.write(piece)
        _ended(running)


def is_empty() -> bool:
    """Whether the database has no table yet."""
    with psycopg.connect(**parameters()) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    return row is not None and row[0] == 0


def listed(programs: Path, dump_file: BinaryIO) -> str:
    """The dump's table of contents without what the empty database already has."""
    text = _fed([str(programs / "pg_restore"), "-l"], dump_file)
    return "\n".join(line for line in text.splitlines() if not any(word in line for word in LEFT_OUT))


def load(programs: Path, contents: Path, dump_file: BinaryIO) -> None:
    """Restore into the owner's database, in one transaction. Raises Failed."""
    name = str(parameters()["dbname"])
    order = [
        str(programs / "pg_restore"),
        "-d",
        name,
        "--no-owner",
        "--single-transaction",
        "-L",
        str(contents),
    ]
    _fed(order, dump_file)


def _fed(order: list[str], source: BinaryIO) -> str:
    """Run a program with `source` as its input; what it wrote."""
    with subprocess.Popen(  # noqa: S603 - our own program, our own arguments
        order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
    ) as running:
        assert running.stdin is not None and running.stdout is not None  # noqa: S101, PT018 - asked for above
        try:
            while piece := source.read(1 << 16):
                running.stdin.write(piece)
            running.stdin.close()
        except BrokenPipeError:
            pass
        text = running.stdout.read().decode(errors="replace")
        _ended(running)
    return text


def _ended(running: "subprocess.Popen[bytes]") -> None:
    said = running.stderr.read().decode(errors="replace") if running.stderr else ""
    if running.wait():
        raise Failed(f"{running.args!r}: {said.strip()[-2000:]}")
