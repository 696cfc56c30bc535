"""The audit record: what one entry holds, who may touch it, and that no writer waits for another."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from kernel import audit, clock
from kernel.actor import Actor
from kernel.chain import appending, verifying
from kernel.database import prepared
from kernel.models import AuditEntry, AuditLane
from tests.factories.kernel import audit_trail, make_actor, make_file

SYSTEM = Actor.system("test")


def test_an_entry_says_who_what_when_from_where_and_how_it_ended(db, django_assert_num_queries):
    patient = uuid4()
    by = replace(make_actor("reader", "branch_doctor"), purpose="treatment")
    file = make_file(by=by)
    with django_assert_num_queries(2):
        audit.record(by=by, action="file.opened", subject=file, patient=patient, detail={"pages": 2})
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor_name, entry.actor_id) == ("staff", "wang", by.id)
    assert (entry.post, entry.organisation, entry.roles) == (by.post, by.organisation, "branch_doctor reader")
    assert (entry.session, entry.address, entry.purpose) == ("s-1", "192.0.2.10", "treatment")
    assert (entry.action, entry.outcome, entry.detail) == ("file.opened", "success", {"pages": 2})
    assert (entry.subject_kind, entry.subject_id) == ("kernel.storedfile", str(file.pk))
    assert entry.patient == patient
    assert clock.now() - entry.at < timedelta(minutes=1)


def test_a_transaction_keeps_its_lane(race_db):
    with transaction.atomic():
        for number in range(3):
            audit.record(by=SYSTEM, action="test.done", detail={"number": number})
    entries = list(AuditEntry.objects.order_by("id"))
    assert len({entry.lane for entry in entries}) == 1
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert verifying.verify().sound


@transaction.atomic
def fail_after_recording():
    audit.record(by=SYSTEM, action="test.undone")
    raise RuntimeError


def test_an_entry_falls_with_its_verb_and_the_chain_stays_whole(race_db):
    with pytest.raises(RuntimeError):
        fail_after_recording()
    with transaction.atomic():
        audit.record(by=SYSTEM, action="test.first")
        with pytest.raises(RuntimeError):
            fail_after_recording()
        audit.record(by=SYSTEM, action="test.second")
    assert [action for _actor, action in audit_trail()] == ["test.first", "test.second"]
    result = verifying.verify()
    assert (result.rows, result.findings) == (2, [])


def test_the_next_transaction_of_a_connection_takes_its_lane_with_the_entry(race_db, monkeypatch):
    ordered = []
    run = prepared.Cursor.execute
    monkeypatch.setattr(
        prepared.Cursor, "execute", lambda own, *given: ordered.append(given[0]) or run(own, *given)
    )
    for _ in range(2):
        audit.record(by=SYSTEM, action="test.done")
    assert ordered == [appending.TAKE, appending.APPEND, appending.APPEND_FIRST]
    assert [entry.sequence for entry in AuditEntry.objects.order_by("id")] == [1, 2]


def test_a_head_remembered_is_not_followed_once_another_has_written_behind_it(race_db):
    audit.record(by=SYSTEM, action="test.first")
    with prepared.cursor() as cursor:
        remembered = cursor.memory[appending.LAST]
        audit.record(by=SYSTEM, action="test.second")
        cursor.memory[appending.LAST] = remembered
        audit.record(by=SYSTEM, action="test.third")
    assert [action for _actor, action in audit_trail()] == ["test.first", "test.second", "test.third"]
    assert verifying.verify().sound


def test_a_refusal_names_what_was_refused(db):
    by = make_actor("cashier")
    detail = {"model": "referral.referral", "pk": "r-1", "wanted": "accept", "left out": ["a", "list"]}
    audit.record_refusal(by=by, action="access.refused", detail=detail)
    entry = AuditEntry.objects.get()
    assert (entry.outcome, entry.subject_kind, entry.subject_id) == ("refused", "referral.referral", "r-1")
    assert entry.detail == {"wanted": "accept"}


def test_a_null_character_does_not_stop_the_record(db):
    audit.record(by=make_actor(address="a\0b"), action="test.done")
    assert AuditEntry.objects.get().address == "ab"


@pytest.mark.parametrize(
    "order",
    [
        "UPDATE kernel_auditentry SET action = 'nothing'",
        "DELETE FROM kernel_auditentry",
        "TRUNCATE kernel_auditentry",
        "ALTER TABLE kernel_auditentry DISABLE TRIGGER append_only",
        "DELETE FROM kernel_auditlane",
        "UPDATE kernel_auditlane SET sequence = 0",
        "UPDATE kernel_auditlane SET mac = ''",
        "INSERT INTO kernel_auditlane (lane, sequence, mac) VALUES (63, 0, '')",
        "TRUNCATE kernel_outboxevent CASCADE",
        "SET session_replication_role = replica",
    ],
)
def test_the_app_may_not_bend_the_record(race_db, order):
    audit.record(by=SYSTEM, action="test.done")
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(order)
    assert verifying.verify().sound


def test_by_its_rights_alone_the_app_reads_and_adds(db):
    """Grant and trigger each stand alone: what the trigger refuses would have been refused without it."""
    asked = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE has_table_privilege('kernel_auditentry', name)"
            " OR name NOT IN ('DELETE', 'TRUNCATE', 'TRIGGER') AND has_any_column_privilege('kernel_auditentry', name)",
            [list(asked)],
        )
        held = [row[0] for row in cursor.fetchall()]
    assert held == ["SELECT", "INSERT"]


@pytest.mark.parametrize(
    "order", ["UPDATE kernel_auditentry SET action = ''", "DELETE FROM kernel_auditentry"]
)
def test_not_even_the_owner_changes_a_row_in_passing(race_db, order):
    audit.record(by=SYSTEM, action="test.done")
    with pytest.raises(ProgrammingError), connections["owner"].cursor() as cursor:
        cursor.execute(order)


@pytest.mark.parametrize(
    "order",
    [
        "SELECT 1 FROM kernel_storedfile",
        "INSERT INTO kernel_auditlane (lane, sequence, mac) VALUES (63, 0, '')",
        "UPDATE kernel_auditlane SET sequence = 0",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_audit_user_reads_the_record_and_nothing_else(race_db, order):
    with connections["audit"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_auditentry")
        cursor.execute("SELECT count(*) FROM kernel_auditlane")
    with pytest.raises(ProgrammingError), connections["audit"].cursor() as cursor:
        cursor.execute(order)


def test_sixteen_writers_do_not_queue(race_db):
    inside = threading.Barrier(16)

    def write():
        with transaction.atomic():
            audit.record(by=SYSTEM, action="test.done")
            # Everybody holds a lane here at the same moment; one chain head would never let all in.
            inside.wait(20)
            audit.record(by=SYSTEM, action="test.done")

    assert race_db.at_once([write] * 16) == [None] * 16
    assert AuditLane.objects.filter(sequence=2).count() == 16
    result = verifying.verify()
    assert (result.rows, result.findings) == (32, [])


def test_a_seventieth_writer_waits_and_gets_through(race_db):
    holding, release = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM kernel_auditlane FOR UPDATE")
            holding.set()
            release.wait(20)

    def write():
        holding.wait(20)
        threading.Timer(0.3, release.set).start()
        started = time.monotonic()
        audit.record(by=SYSTEM, action="test.done")
        return time.monotonic() - started >= 0.2

    assert race_db.at_once([hold, write]) == [None, True]
    assert verifying.verify().rows == 1


def test_search_finds_by_each_word_newest_first(race_db):
    patient = uuid4()
    li = make_actor("reader", name="li")
    audit.record(by=li, action="report.signed", patient=patient)
    audit.record(by=make_actor("cashier"), action="fee.settled")
    audit.record_refusal(by=li, action="access.refused", detail={"pk": "x-1"})

    def found(**words):
        return [entry.action for entry in audit.search(**words)]

    assert found() == ["access.refused", "fee.settled", "report.signed"]
    assert found(actor="li") == ["access.refused", "report.signed"]
    assert found(action="report.") == ["report.signed"]
    assert found(action="fee.settled") == ["fee.settled"]
    assert found(patient=patient) == ["report.signed"]
    assert found(organisation=li.organisation) == ["access.refused", "report.signed"]
    assert found(outcome="refused") == ["access.refused"]
    assert found(subject="x-1") == ["access.refused"]
    assert found(since=clock.now() + timedelta(minutes=1)) == []
    assert found(until=clock.now() - timedelta(minutes=1)) == []
    assert found(before=audit.search()[0].id, limit=1) == ["fee.settled"]


def test_a_setting_that_names_a_wrong_head_does_not_hold_the_head_back(race_db):
    with transaction.atomic():
        audit.record(by=SYSTEM, action="test.first")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lianyi.audit_head')")
            first = cursor.fetchone()[0]
            audit.record(by=SYSTEM, action="test.second")
            cursor.execute("SELECT set_config('lianyi.audit_head', %s, true)", [first])
    head, last = AuditLane.objects.exclude(sequence=0).get(), AuditEntry.objects.order_by("id").last()
    assert (head.sequence, bytes(head.mac)) == (2, bytes(last.mac))
    assert verifying.verify().sound
