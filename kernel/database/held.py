"""What one connection to PostgreSQL keeps beside itself: its prepared statements, and what waits for the next trip.

It talks to libpq directly, because a psycopg cursor costs several times what a hot statement costs.
"""

import re
import select
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus

MOST: Final = 300
"""Statements prepared on one connection; what comes after them is planned every time."""
SEVERAL: Final = re.compile(r"%(.)", re.DOTALL)
WANTS: Final = {"s": PyFormat.AUTO, "b": PyFormat.BINARY, "t": PyFormat.TEXT}
GOOD: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
BEGIN, COMMIT = b"BEGIN", b"COMMIT"
"""Prepared under their own names on each connection: a trip takes prepared statements alone."""
KEPT: Final = "_lianyi_held"

Order = tuple[bytes, Any, Any, Format]
"""A prepared statement by name, its values, which of them are binary, and the form of its answer."""


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


class Held:
    """What one connection keeps: its statements by text and types, its adapters, and what callers know of it."""

    __slots__ = ("memory", "names", "next", "pgconn", "raw", "readable", "transformer", "waiting", "waits")

    def __init__(self, raw: "psycopg.Connection[Any]") -> None:
        self.raw, self.pgconn, self.transformer = raw, raw.pgconn, Transformer(raw)
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self.memory: dict[str, Any] = {}
        self.waiting: list[Order] = []
        self.waits = False
        self.next = count()
        poll = select.poll()
        poll.register(raw.pgconn.socket, select.POLLIN)
        self.readable = poll.poll
        for word in (BEGIN, COMMIT):
            self.good(raw.pgconn.prepare(word, word))
        # Which index drives is decided by whoever wrote the statement; planning it anew costs more than running it.
        raw.execute("SET plan_cache_mode = force_generic_plan")

    @classmethod
    def of(cls, raw: "psycopg.Connection[Any]") -> "Held":
        """What `raw` keeps, from its first prepared statement on."""
        held = cls.known(raw)
        if held is None:
            held = vars(raw)[KEPT] = cls(raw)
        return held

    @classmethod
    def known(cls, raw: "psycopg.Connection[Any] | None") -> "Held | None":
        """The same, None before that."""
        held: Held | None = vars(raw).get(KEPT) if raw is not None else None
        return held

    def run(self, statement: str, parameters: Sequence[Any] | None, form: Format) -> Any:
        """The answer to a statement; what waits goes before it, in the same trip."""
        text, wants = _numbered(statement) if parameters is not None else (statement.encode(), ())
        values, types, formats = self.values(parameters or (), wants)
        name = self.names.get((statement, types)) or self.prepare(statement, types, text)
        if not name:
            self.flush()
            self.open()
            return self.good(self.pgconn.exec_params(text, values, types, formats, form))
        if self.waiting or self.is_first():
            return self.trip((name, values, formats, form))
        return self.good(self.pgconn.exec_prepared(name, values, formats, form))

    def later(self, statement: str, parameters: Sequence[Any]) -> bool:
        """Let a statement wait for the next one or for the COMMIT. False where it has to run now: nothing was done."""
        if not self.waits:
            return False
        text, wants = _numbered(statement)
        values, types, formats = self.values(parameters, wants)
        name = self.names.get((statement, types)) or self.prepare(statement, types, text)
        if name:
            self.waiting.append((name, values, formats, Format.TEXT))
        return bool(name)

    def is_first(self) -> bool:
        """Whether psycopg would send a BEGIN now: Django asked for a transaction that is not open yet."""
        return self.pgconn.transaction_status == TransactionStatus.IDLE and not self.raw.autocommit

    def open(self) -> None:
        if self.is_first():
            self.good(self.pgconn.exec_(BEGIN))

    def flush(self) -> None:
        """Send what waits."""
        if self.waiting:
            self.trip()

    def commit(self) -> None:
        """Send what waits and commit: nothing stands when anything fails.

        What is sent between two syncs is a transaction by itself (PostgreSQL, 54.2.4 Pipelining): where none was
        begun before, BEGIN and COMMIT need not be said.
        """
        end = [] if self.is_first() else [(COMMIT, None, None, Format.TEXT)]
        self.together([*self.waiting, *end])

    def trip(self, *orders: Order) -> Any:
        """Send BEGIN where it is due, what waits and `orders` together; the last answer. Raises the first error."""
        begin = [(BEGIN, None, None, Format.TEXT)] if self.is_first() else []
        return self.together([*begin, *self.waiting, *orders])

    def together(self, orders: Sequence[Order]) -> Any:
        """Send `orders` in one trip; the last answer. Raises the first error."""
        self.waiting.clear()
        try:
            results = self.answers(orders)
        except BaseException:
            self.raw.close()  # answers are on their way that nobody would read
            raise
        for result in results:
            self.good(result)
        return results[-1]

    def answers(self, orders: Sequence[Order]) -> list[Any]:
        """What the server says to each of `orders`, and to the commit if that fails; after an error it carries out
        none that follows."""
        self.pgconn.enter_pipeline_mode()
        for name, values, formats, form in orders:
            self.pgconn.send_query_prepared(name, values, formats, form)
        self.pgconn.pipeline_sync()
        results = list(iter(self.next_result, None))
        self.pgconn.exit_pipeline_mode()
        return results

    def next_result(self) -> Any:
        """The next answer of a trip, None at its end. Other threads run while it is waited for.

        Raises OperationalError.
        """
        while True:
            while self.pgconn.is_busy():
                self.readable()
                self.pgconn.consume_input()
            if (result := self.pgconn.get_result()) is not None:
                return None if result.status == ExecStatus.PIPELINE_SYNC else result
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
