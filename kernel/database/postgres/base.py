"""ENGINE `kernel.database.postgres`: what Django does to a connection comes behind what waits on it (`at_once`)."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from kernel.database.held import Held


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection; nothing overtakes what waits, and a rollback forgets it."""

    def waiting(self) -> Held | None:
        """What this connection keeps, if statements wait on it."""
        held = Held.known(self.connection)
        return held if held is not None and held.waiting else None

    def create_cursor(self, name: str | None = None) -> Any:
        if (held := self.waiting()) is not None:
            held.flush()
        return super().create_cursor(name)

    def _set_autocommit(self, autocommit: bool) -> None:
        """Twice a transaction: psycopg takes its lock and runs a generator to see that none is open and note a word."""
        raw = self.connection
        if raw.pgconn.transaction_status == TransactionStatus.IDLE:
            raw._autocommit = autocommit
        else:
            super()._set_autocommit(autocommit)  # type: ignore[misc]  # no stub has it

    def _commit(self) -> None:
        if (held := self.waiting()) is None:
            super()._commit()  # type: ignore[misc]  # no stub has it
            return
        with self.wrap_database_errors:
            held.commit()

    def _rollback(self) -> None:
        if (held := self.waiting()) is not None:
            held.waiting.clear()
        super()._rollback()  # type: ignore[misc]  # no stub has it
