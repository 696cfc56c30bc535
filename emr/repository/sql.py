"""The repository's own way to the database: prepared statements on Django's connection, no ORM objects."""

from collections.abc import Sequence
from typing import Any

from kernel.database import prepared


def rows(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with prepared.cursor(binary=True) as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def one(statement: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row of one statement, or None."""
    with prepared.cursor(binary=True) as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def run(statement: str, parameters: Sequence[Any] = ()) -> int:
    """The number of rows a statement changed."""
    with prepared.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
