"""Prepared statements on Django's connection: the same values, errors and transactions as Django's own cursor."""

import threading
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connection, transaction
from psycopg.pq import TransactionStatus

from kernel.database import held, prepared

STATEMENTS = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"


def ask(statement, parameters=None, *, binary=False):
    with prepared.cursor(binary=binary) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize("binary", [False, True])
def test_values_come_back_as_they_went(binary):
    one, moment = uuid4(), datetime(2026, 11, 22, 1, 2, 3, 4567, UTC)
    given = ["文%s", one, [one], 2**40, moment, b"\0\xff", None, ["a", 'b"']]

    rows = ask(
        "SELECT %s::text, %s, %s::uuid[], %s::bigint, %s::timestamptz, %b::bytea, %s::uuid, %s::text[], 7 %% 4",
        given,
        binary=binary,
    )

    assert rows == [(*given, 3)]


@pytest.mark.django_db
def test_rows_are_fetched_one_by_one_and_then_the_rest():
    with prepared.cursor() as cursor:
        cursor.execute("SELECT * FROM generate_series(1, %s::int)", [4])
        assert cursor.fetchone() == (1,)
        assert cursor.fetchall() == [(2,), (3,), (4,)]
        assert cursor.fetchone() is None


@pytest.mark.django_db
def test_without_parameters_a_per_cent_sign_is_one():
    assert ask("SELECT 7 % 4") == [(3,)]


@pytest.mark.django_db
def test_a_statement_is_prepared_once_per_connection():
    mark = uuid4().hex
    for number in range(3):
        assert ask(f"SELECT %s::int AS n_{mark}", [number]) == [(number,)]

    assert ask(STATEMENTS, [f"%n\\_{mark}%"]) == [(1,)]


@pytest.mark.django_db
def test_beyond_the_most_statements_are_planned_every_time(monkeypatch):
    ask("SELECT 1")
    monkeypatch.setattr(held, "MOST", 0)
    mark = uuid4().hex

    assert ask(f"SELECT %s::int AS n_{mark}", [5]) == [(5,)]
    assert ask(STATEMENTS, [f"%n\\_{mark}%"]) == [(0,)]


@pytest.mark.django_db
def test_errors_are_djangos_and_a_savepoint_takes_them_back():
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic():
            ask("SELECT 1 / %s::int", [0])
        with pytest.raises(ProgrammingError), transaction.atomic():
            ask("SELECT nothing")
        assert ask("SELECT 1 / %s::int", [1]) == [(1,)], "still prepared after the rollback"


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_opens_the_transaction_django_asked_for():
    with transaction.atomic():
        ask("CREATE TEMP TABLE prepared_probe (n int UNIQUE)")
        transaction.set_rollback(True)
    assert ask("SELECT to_regclass('prepared_probe')") == [(None,)]

    with transaction.atomic():
        ask("CREATE TEMP TABLE prepared_probe (n int UNIQUE) ON COMMIT DROP")
        with pytest.raises(IntegrityError), transaction.atomic():
            ask("INSERT INTO prepared_probe SELECT 1 FROM generate_series(1, 2)")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_is_told_and_the_next_one_works():
    with pytest.raises(OperationalError):
        ask("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close_if_unusable_or_obsolete()

    assert ask("SELECT 1") == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_known_statement_goes_together_with_its_begin():
    divide = "SELECT 1 / %s::int, pg_current_xact_id_if_assigned() IS NULL"
    for number in (1, 1, 0, 1):
        if number:
            with transaction.atomic():
                assert ask(divide, [number]) == [(1, True)]
                assert connection.connection.info.transaction_status == TransactionStatus.INTRANS
        else:
            with pytest.raises(DataError), transaction.atomic():
                ask(divide, [number])
        assert connection.connection.info.transaction_status == TransactionStatus.IDLE


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_dies_with_its_first_statement_is_told():
    end = "SELECT CASE WHEN %s::bool THEN pg_terminate_backend(pg_backend_pid()) END"
    with transaction.atomic():
        assert ask(end, [False]) == [(None,)]
    with pytest.raises(OperationalError), transaction.atomic():
        ask(end, [True])
    connection.close_if_unusable_or_obsolete()

    assert ask("SELECT 1") == [(1,)]


@pytest.mark.django_db
def test_the_wrong_number_of_values_is_refused_before_it_is_sent():
    with pytest.raises(ProgrammingError):
        ask("SELECT %s::int, %s::int", [1])


@pytest.mark.django_db(transaction=True)
def test_waiting_for_the_database_lets_other_threads_run():
    ask("SELECT pg_sleep(%s)", [0])
    for _alone_and_with_its_begin in range(2):
        ran = threading.Event()
        threading.Timer(0.05, ran.set).start()

        with transaction.atomic():
            ask("SELECT pg_sleep(%s)", [0.3])

        assert ran.is_set()


@pytest.mark.django_db
def test_while_queries_are_counted_all_are_seen(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert ask("SELECT %s::uuid", [UUID(int=1)]) == [(UUID(int=1),)]
