"""Cursors whose statements are prepared on the server: parsing and planning are paid once per connection.

They run on Django's connection of this thread, inside whatever transaction it holds. For hot, constant SQL with
parameters whose types the server can tell; everything else uses Django's own cursor. A transaction pooler in front of
the database forbids preparing: write `prepare_threshold=` into the database address's options then.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import Format
from psycopg.rows import tuple_row

from kernel.database.held import Held


class Cursor:
    """As much of a cursor as constant statements need. `memory` lives as long as the connection does."""

    __slots__ = ("at", "form", "held", "memory", "result", "rowcount")

    def __init__(self, held: Held, form: Format) -> None:
        self.held, self.form, self.memory = held, form, held.memory
        self.result: Any = None
        self.rowcount, self.at = -1, 0

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> Self:
        self.result = self.held.run(statement, parameters, self.form)
        changed = self.result.command_tuples
        self.rowcount, self.at = -1 if changed is None else changed, 0
        return self

    @property
    def waits(self) -> bool:
        """Whether the transaction of this cursor waits for its COMMIT."""
        return self.held.waits

    def later(self, statement: str, parameters: Sequence[Any]) -> bool:
        """Order a statement whose answer nobody needs (`at_once`). False where it cannot wait: then nothing is
        ordered."""
        return self.held.later(statement, parameters)

    def _rows(self, until: int) -> list[tuple[Any, ...]]:
        if until <= self.at:
            return []
        transformer = self.held.transformer
        transformer.set_pgresult(self.result)
        rows: list[tuple[Any, ...]] = transformer.load_rows(self.at, until, tuple)
        self.at = until
        return rows

    def fetchone(self) -> tuple[Any, ...] | None:
        rows = self._rows(min(self.at + 1, self.result.ntuples))
        return rows[0] if rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows(self.result.ntuples)


def held_by(connection: BaseDatabaseWrapper) -> Held | None:
    """What Django's connection keeps; None where preparing is forbidden or statements are counted."""
    if connection.connection is None:
        connection.ensure_connection()
    if connection.queries_logged or "prepare_threshold" in connection.settings_dict["OPTIONS"]:
        return None
    return Held.of(connection.connection)


class _Cursors:
    """The `with` of one cursor: database errors leave it as Django's."""

    __slots__ = ("binary", "errors", "on", "other")

    def __init__(self, binary: bool, on: BaseDatabaseWrapper | None) -> None:
        self.binary, self.on = binary, on
        self.other: Any = None

    def __enter__(self) -> Any:
        # Held once: Django's proxy looks the thread's connection up anew at every attribute.
        connection = self.on or connections[DEFAULT_DB_ALIAS]
        self.errors = connection.wrap_database_errors
        form = Format.BINARY if self.binary else Format.TEXT
        if (held := held_by(connection)) is not None:
            return Cursor(held, form)
        if connection.queries_logged:
            self.other = connection.cursor()
        else:
            self.other = psycopg.Cursor(connection.connection, row_factory=tuple_row)
            self.other.format = form
        return self.other.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.other is not None:
            self.other.__exit__(kind, error, trace)
        self.errors.__exit__(kind, error, trace)


def cursor(*, binary: bool = False, on: BaseDatabaseWrapper | None = None) -> _Cursors:
    """A cursor with server-side parameters, on Django's connection of this thread (`on`, where the caller has it).

    While Django logs queries (tests that count them) it is Django's own cursor, so that they are all seen.
    """
    return _Cursors(binary, on)


def later(statement: str, parameters: Sequence[Any]) -> bool:
    """Order what nobody needs an answer to (`at_once`). False where it cannot wait: nothing is ordered."""
    connection = connections[DEFAULT_DB_ALIAS]
    held = Held.known(connection.connection)
    if held is None or not held.waits:
        return False
    with connection.wrap_database_errors:
        return held.later(statement, parameters)
