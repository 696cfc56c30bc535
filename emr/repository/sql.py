"""The repository's own way to the database: psycopg cursors on Django's connection, prepared, no ORM objects.

They run inside whatever transaction Django holds. Statements are prepared on the server the second time a
connection meets them, unless the settings forbid it (`prepare_threshold` of None behind a transaction pooler).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import tuple_row

PREPARE_FROM = 1


@contextmanager
def cursor() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """A cursor with binary results on the connection of this thread."""
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None and "prepare_threshold" not in connection.settings_dict["OPTIONS"]:
        raw.prepare_threshold = PREPARE_FROM
    with connection.wrap_database_errors, psycopg.Cursor(raw, row_factory=tuple_row) as cur:
        yield cur


def rows(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with cursor() as cur:
        return cur.execute(statement.encode(), parameters, binary=True).fetchall()


def one(statement: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row of one statement, or None."""
    with cursor() as cur:
        return cur.execute(statement.encode(), parameters, binary=True).fetchone()


def run(statement: str, parameters: Sequence[Any] = ()) -> int:
    """The number of rows a statement changed."""
    with cursor() as cur:
        return cur.execute(statement.encode(), parameters).rowcount

