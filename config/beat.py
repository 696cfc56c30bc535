"""Exactly one beat in the whole installation: it holds an advisory lock of PostgreSQL for as long as it ticks."""

import time
from typing import Any

from celery.beat import Scheduler
from django.db import connection

LOCK = 0x6C69616E7969
"""The word `lianyi` as a number: the key of the advisory lock."""
RETRY = 2.0


class OnlyBeat(Scheduler):
    """A scheduler that waits until it is the only one, and ends when it cannot be sure of it any more."""

    def setup_schedule(self) -> None:
        while not self._locked():
            time.sleep(RETRY)
        super().setup_schedule()

    def _locked(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            return bool(cursor.fetchone()[0])

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One round. A lost connection has lost the lock: the error ends this process, its keeper starts it anew."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        wait: float = super().tick(*args, **kwargs)
        return min(wait, RETRY)
