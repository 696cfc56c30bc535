"""Cursors whose statements are prepared on the server: parsing and planning are paid once per connection.

They run on Django's connection of this thread, inside whatever transaction it holds. For hot, constant SQL with
parameters whose types the server can tell; everything else uses Django's own cursor. They talk to libpq
directly, because a psycopg cursor costs several times what such a statement costs. A transaction pooler in
front of the database forbids preparing: write `prepare_threshold=` into the database address's options then.
"""

import re
import select
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from types import TracebackType
from typing import Any, Final, Self

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.rows import tuple_row

MOST: Final = 300
"""Statements prepared on one connection; what comes after them is planned every time."""
SEVERAL: Final = re.compile(r"%(.)", re.DOTALL)
WANTS: Final = {"s": PyFormat.AUTO, "b": PyFormat.BINARY, "t": PyFormat.TEXT}
GOOD: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
IDLE: Final = TransactionStatus.IDLE
BEGIN: Final = b"lianyi_begin"
"""The name under which each connection has BEGIN prepared."""


@lru_cache(maxsize=1024)
def _numbered(statement: str) -> tuple[bytes, tuple[PyFormat, ...]]:
    """`%s` as the server writes it, `$1`, and the form each value is wanted in."""
    wants: list[PyFormat] = []

    def place(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        wants.append(WANTS[found[1]])
        return f"${len(wants)}"

    text = SEVERAL.sub(place, statement)
    return text.encode(), tuple(wants)


class _Held:
    """What one connection of the pool keeps: its statements by text and types, its adapters, and what callers know
    of it."""

    __slots__ = ("memory", "names", "next", "pgconn", "raw", "readable", "transformer")

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self.raw, self.pgconn, self.transformer = raw, raw.pgconn, Transformer(raw)
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self.memory: dict[str, Any] = {}
        self.next = count()
        self.good(raw.pgconn.prepare(BEGIN, b"BEGIN"))
        waiting = select.poll()
        waiting.register(raw.pgconn.socket, select.POLLIN)
        self.readable = waiting.poll
        # Which index drives is decided by whoever wrote the statement; planning it anew costs more than running it.
        raw.execute("SET plan_cache_mode = force_generic_plan")

    @classmethod
    def of(cls, raw: "psycopg.Connection[Any]") -> "_Held":
        kept = vars(raw)
        if "_lianyi_held" not in kept:
            kept["_lianyi_held"] = cls(raw)
        held: _Held = kept["_lianyi_held"]
        return held

    def run(self, statement: str, parameters: Sequence[Any] | None, form: Format) -> Any:
        text, wants = _numbered(statement) if parameters is not None else (statement.encode(), ())
        values, types, formats = self.values(parameters or (), wants)
        # What psycopg does before a first statement: the transaction Django asked for is opened, in the same trip.
        first = self.pgconn.transaction_status == IDLE and not self.raw.autocommit
        name = self.names.get((statement, types))
        if name and first:
            return self.good(self.opened(name, values, formats, form))
        if first:
            self.good(self.pgconn.exec_(b"BEGIN"))
        if name or (name := self.prepare(statement, types, text)):
            return self.good(self.pgconn.exec_prepared(name, values, formats, form))
        return self.good(self.pgconn.exec_params(text, values, types, formats, form))

    def opened(self, name: bytes, values: Any, formats: Any, form: Format) -> Any:
        """The answer to a prepared statement sent together with the BEGIN before it."""
        pgconn = self.pgconn
        pgconn.enter_pipeline_mode()
        pgconn.send_query_prepared(BEGIN, None)
        pgconn.send_query_prepared(name, values, formats, form)
        pgconn.pipeline_sync()
        begun, answer, _end = (self.next_result() for _ in range(3))
        pgconn.exit_pipeline_mode()
        return answer if begun.status in GOOD else begun

    def next_result(self) -> Any:
        """The next answer of a pipeline. Other threads run while it is waited for. Raises OperationalError."""
        while True:
            while self.pgconn.is_busy():
                self.readable()
                self.pgconn.consume_input()
            if (result := self.pgconn.get_result()) is not None:
                return result
            if self.pgconn.status == ConnStatus.BAD:
                raise psycopg.OperationalError(self.pgconn.get_error_message())

    def values(self, parameters: Sequence[Any], wants: Sequence[PyFormat]) -> tuple[Any, Any, Any]:
        """The parameters as the server reads them, their types, and which of them are binary."""
        if len(wants) != len(parameters):
            raise psycopg.ProgrammingError(f"{len(wants)} values are wanted, {len(parameters)} given")
        if not wants:
            return (), (), None
        made = self.transformer.dump_sequence(parameters, wants)
        return made, self.transformer.types or (), self.transformer.formats

    def prepare(self, statement: str, types: tuple[int, ...], text: bytes) -> bytes:
        """The name of a statement prepared now; empty when this connection holds enough of them."""
        if len(self.names) >= MOST:
            return b""
        name = b"lianyi_%d" % next(self.next)
        self.good(self.pgconn.prepare(name, text, types))
        self.names[statement, types] = name
        return name

    def good(self, result: Any) -> Any:
        if result.status in GOOD:
            return result
        if self.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result)


class Cursor:
    """As much of a cursor as constant statements need. `memory` lives as long as the connection does."""

    __slots__ = ("at", "form", "held", "memory", "result", "rowcount")

    def __init__(self, held: _Held, form: Format) -> None:
        self.held, self.form, self.memory = held, form, held.memory
        self.result: Any = None
        self.rowcount, self.at = -1, 0

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> Self:
        self.result = self.held.run(statement, parameters, self.form)
        changed = self.result.command_tuples
        self.rowcount, self.at = -1 if changed is None else changed, 0
        return self

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


class _Cursors:
    """The `with` of one cursor: database errors leave it as Django's."""

    __slots__ = ("binary", "errors", "other")

    def __init__(self, binary: bool) -> None:
        self.binary = binary
        self.other: Any = None

    def __enter__(self) -> Any:
        # Held once: Django's proxy looks the thread's connection up anew at every attribute.
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.connection is None:
            connection.ensure_connection()
        self.errors = connection.wrap_database_errors
        form = Format.BINARY if self.binary else Format.TEXT
        if connection.queries_logged:
            self.other = connection.cursor()
        elif "prepare_threshold" in connection.settings_dict["OPTIONS"]:
            self.other = psycopg.Cursor(connection.connection, row_factory=tuple_row)
            self.other.format = form
        else:
            return Cursor(_Held.of(connection.connection), form)
        return self.other.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.other is not None:
            self.other.__exit__(kind, error, trace)
        self.errors.__exit__(kind, error, trace)


def cursor(*, binary: bool = False) -> _Cursors:
    """A cursor with server-side parameters.

    While Django logs queries (tests that count them) it is Django's own cursor, so that they are all seen.
    """
    return _Cursors(binary)
