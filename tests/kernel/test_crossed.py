"""Two transactions that lock the same rows the other way round: one goes on, the other is told to send it again."""

import threading

from django.db import connection, transaction

from kernel.errors import Conflict
from kernel.web import drf, http


def test_a_deadlock_is_a_refusal_that_says_what_to_do(race_db):
    both_hold_one = threading.Barrier(2)

    def lock(first, second):
        def call():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [first])
                both_hold_one.wait(10)
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [second])
                return "held both"

        return call

    results = race_db.at_once([lock(1, 2), lock(2, 1)])

    (given_up,) = [result for result in results if isinstance(result, Exception)]
    assert results.count("held both") == 1
    for told in (http.crossed(given_up), drf.as_domain(given_up)):
        assert isinstance(told, Conflict)
        assert (told.status, told.code) == (409, "crossed")
    assert http.crossed(ValueError()) is None
