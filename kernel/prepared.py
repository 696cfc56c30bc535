"""Cursors whose statements are prepared on the server: parsing and planning are paid once per connection.

They run on Django's connection of this thread, inside whatever transaction it holds. For hot, constant SQL with
parameters whose types the server can tell; everything else uses Django's own cursor. A transaction pooler in
front of the database forbids preparing: write `prepare_threshold=` into the database address's options then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.pq import Format
from psycopg.rows import tuple_row

PREPARE_FROM: Final = 1


@contextmanager
def cursor(*, binary: bool = False) -> Iterator[Any]:
    """A cursor with server-side parameters; database errors leave it as Django's.

    While Django logs queries (tests that count them) it is Django's own cursor, so that they are all seen.
    """
    # Held once: Django's proxy looks the thread's connection up anew at every attribute.
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    if connection.queries_logged:
        with connection.cursor() as logged:
            yield logged
        return
    raw = connection.connection
    if raw.prepare_threshold is None and "prepare_threshold" not in connection.settings_dict["OPTIONS"]:
        raw.prepare_threshold = PREPARE_FROM
        # Which index drives is decided by whoever wrote the statement; planning it anew costs more than running it.
        raw.execute("SET plan_cache_mode = force_generic_plan")
    with connection.wrap_database_errors, psycopg.Cursor(raw, row_factory=tuple_row) as cur:
        if binary:
            cur.format = Format.BINARY
        yield cur
