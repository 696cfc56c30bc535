"""Verbs that wait for their COMMIT: one trip, all or nothing, and done again step by step when the trip fails."""

from contextlib import suppress

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from psycopg.pq import TransactionStatus

from kernel import audit, clock, ids
from kernel.actor import Actor
from kernel.chain import appending, verifying
from kernel.database import prepared
from kernel.database.at_once import at_once
from kernel.database.held import COMMIT, Held
from kernel.models import AuditEntry, IdempotencyKey, OutboxDelivery
from tests.factories.kernel import audit_trail

SYSTEM = Actor.system("test")
KEEP = "INSERT INTO kernel_idempotencykey (actor, verb, key, subject, used_at) VALUES ('a', 'v', %s, %s, %s)"

DELIVER = """
INSERT INTO kernel_outboxdelivery (event_id, handler, stream, attempts, due_at, last_error)
VALUES (-1, %s, %s, %s, %s, %s)
"""


def keep(word):
    """Store one row, later where that is offered; how it went."""
    with prepared.cursor() as cursor:
        values = [word, ids.uuid7(), clock.now()]
        waits = cursor.later(KEEP, values)
        return "waits" if waits else cursor.execute(KEEP, values) and "stands"


@at_once
def keep_and_record(word, went=None):
    (went if went is not None else []).append(keep(word))
    audit.record(by=SYSTEM, action="test.kept")


def kept():
    return list(IdempotencyKey.objects.order_by("id").values_list("key", flat=True))


@pytest.fixture
def trips(monkeypatch):
    """How many statements went to the database together, trip by trip."""
    seen = []
    answers = Held.answers
    monkeypatch.setattr(Held, "answers", lambda own, orders: seen.append(orders) or answers(own, orders))
    return seen


def test_all_goes_with_the_commit_in_one_trip(race_db, trips):
    audit.record(by=SYSTEM, action="test.before")
    went = []
    keep_and_record("one", went)
    trips.clear()

    keep_and_record("two", went)

    assert went == ["waits", "waits"]
    (orders,) = trips
    assert len(orders) == 2  # between two syncs they are a transaction without BEGIN and COMMIT
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE
    assert kept() == ["one", "two"]
    assert [action for _actor, action in audit_trail()] == ["test.before", "test.kept", "test.kept"]
    assert verifying.verify().sound


def test_a_lane_another_has_written_to_is_met_step_by_step(race_db):
    audit.record(by=SYSTEM, action="test.before")
    with prepared.cursor() as cursor:
        remembered = cursor.memory[appending.LAST]
        audit.record(by=SYSTEM, action="test.meanwhile")
        cursor.memory[appending.LAST] = remembered
    went = []

    keep_and_record("one", went)

    assert went == ["waits", "stands"]
    assert kept() == ["one"]
    assert AuditEntry.objects.count() == 3
    assert verifying.verify().sound


def test_an_error_is_raised_where_it_belongs_and_nothing_stands(race_db):
    keep_and_record("one")
    told = []

    @at_once
    def keep_twice():
        try:
            keep("one")
        except IntegrityError:
            told.append("here")
            raise

    with pytest.raises(IntegrityError):
        keep_twice()

    assert told == ["here"]
    assert kept() == ["one"]
    keep_and_record("two")
    assert (kept(), verifying.verify().sound) == (["one", "two"], True)


def test_what_was_asked_for_before_is_committed_with_it(race_db, trips):
    audit.record(by=SYSTEM, action="test.before")

    @at_once
    def look_and_keep():
        kept()
        keep("one")

    look_and_keep()

    assert trips[-1][-1][0] == COMMIT
    assert kept() == ["one"]


def test_what_the_commit_itself_refuses_leaves_nothing(race_db):
    """The event of a delivery is looked for at the end of the transaction."""
    went = []

    @at_once
    def deliver_nothing():
        went.append(keep("one"))
        with prepared.cursor() as cursor:
            values = ["test.room", "test:a", 0, clock.now(), ""]
            went.append(cursor.later(DELIVER, values) or (cursor.execute(DELIVER, values) and "stands"))

    with pytest.raises(IntegrityError):
        deliver_nothing()

    assert went == ["waits", True, "stands", "stands"]
    assert (kept(), OutboxDelivery.objects.count()) == ([], 0)
    keep_and_record("two")
    assert (kept(), verifying.verify().sound) == (["two"], True)


def test_a_trip_that_is_not_answered_is_not_done_again(race_db):
    went = []

    @at_once
    def keep_and_die(word, last):
        went.append(keep(word))
        with prepared.cursor() as cursor:
            cursor.later("SELECT CASE WHEN %s::bool THEN pg_terminate_backend(pg_backend_pid()) END", [last])

    keep_and_die("one", False)
    with pytest.raises(OperationalError):
        keep_and_die("two", True)
    connection.close()
    assert went == ["waits", "waits"]
    assert kept() == ["one"]


def test_a_refusal_forgets_what_waits(race_db):
    @at_once
    def refuse():
        keep("one")
        raise KeyError

    keep_and_record("before")
    with pytest.raises(KeyError):
        refuse()
    with transaction.atomic():
        keep("after")
    assert kept() == ["before", "after"]


def test_a_connection_closed_in_between_keeps_nothing_for_its_next_user(race_db):
    seen = []

    @at_once
    def keep_and_close():
        seen.append(Held.of(connection.connection))
        keep("one")
        connection.close()

    with suppress(DatabaseError):
        keep_and_close()
    connection.close()
    assert [held.waiting for held in seen[:1]] == [[]]
    assert kept() == []


def test_whoever_asks_in_between_finds_what_waits(race_db):
    @at_once
    def keep_and_look():
        keep("one")
        return kept(), Held.of(connection.connection).waiting

    assert keep_and_look() == (["one"], [])


def test_psycopg_knows_whether_a_transaction_is_to_be_opened(race_db):
    connection.ensure_connection()
    raw = connection.connection
    with transaction.atomic():
        assert not raw.autocommit
        kept()
        with pytest.raises(ProgrammingError, match="autocommit"):  # while one is open it refuses
            connection._set_autocommit(True)
    assert raw.autocommit


def test_inside_a_transaction_nothing_waits(race_db):
    went = []
    with transaction.atomic():
        keep_and_record("one", went)
        transaction.set_rollback(True)
    assert (went, kept()) == (["stands"], [])
