"""Whoever bends the chain is named: changed, reordered, deleted, truncated, rewritten rows."""

import hmac
import json

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from kernel import audit
from kernel.actor import Actor
from kernel.chain import appending, checkpoint, lanes, verifying
from kernel.crypto import keys
from kernel.models import AuditEntry

SYSTEM = Actor.system("test")


@pytest.fixture
def lane(race_db, settings, tmp_path):
    """Six rows in one lane; answers the lane's number."""
    settings.DATA_DIR = tmp_path
    with transaction.atomic():
        for number in range(6):
            audit.record(by=SYSTEM, action="test.done", detail={"number": number, "words": "字"})
    return AuditEntry.objects.order_by("id").first().lane


def bend(*orders):
    """What only the owner of the tables could do: take the trigger off and rewrite."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER append_only")
        for order in orders:
            cursor.execute(order)
        cursor.execute("ALTER TABLE kernel_auditentry ENABLE TRIGGER append_only")


def found():
    return [(one.kind, one.sequence) for one in verifying.verify().findings]


def test_an_untouched_chain_is_sound(lane):
    result = verifying.verify()
    assert (result.sound, result.rows, result.findings) == (True, 6, [])


@pytest.mark.parametrize(
    "column",
    [
        "at = at + interval '1 second'",
        "actor_kind = 'client'",
        "actor_name = 'somebody'",
        "actor_id = gen_random_uuid()",
        "post = gen_random_uuid()",
        "organisation = gen_random_uuid()",
        "roles = 'reader'",
        "session = 'other'",
        "address = '192.0.2.99'",
        "purpose = 'research'",
        "action = 'test.undone'",
        "outcome = 'refused'",
        "subject_kind = 'x'",
        "subject_id = 'x'",
        "patient = gen_random_uuid()",
        "detail = '{\"number\": 9}'",
        "mac = previous",
        "id = gen_random_uuid()",
    ],
)
def test_a_changed_column_is_found(lane, column):
    bend(f"UPDATE kernel_auditentry SET {column} WHERE sequence = 3")
    assert ("changed", 3) in found()


def test_a_deleted_row_is_found(lane):
    bend("DELETE FROM kernel_auditentry WHERE sequence = 3")
    assert found() == [("deleted", 3)]
    assert verifying.verify().findings[0].note == "rows 3 to 3 are missing"


def test_two_exchanged_rows_are_found_with_their_true_places(lane):
    bend(
        "UPDATE kernel_auditentry SET sequence = 99 WHERE sequence = 2",
        "UPDATE kernel_auditentry SET sequence = 2 WHERE sequence = 4",
        "UPDATE kernel_auditentry SET sequence = 4 WHERE sequence = 99",
    )
    moved = [(one.sequence, one.note) for one in verifying.verify().findings if one.kind == "reordered"]
    assert moved == [(2, "was written as 4"), (4, "was written as 2")]


def test_a_cut_off_end_is_found(lane):
    bend("DELETE FROM kernel_auditentry WHERE sequence > 4")
    assert found() == [("truncated", 5)]


def test_a_cut_off_end_with_a_reset_head_is_found_by_the_checkpoint(lane):
    checkpoint.write()
    bend(
        "DELETE FROM kernel_auditentry WHERE sequence > 4",
        "UPDATE kernel_auditlane l SET sequence = 4, mac = e.mac FROM kernel_auditentry e "
        "WHERE e.lane = l.lane AND e.sequence = 4",
    )
    assert found() == [("truncated", 5)]


def test_a_bent_head_is_found(lane):
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE kernel_auditlane SET mac = '\\x00' WHERE lane = %s", [lane])
    assert found() == [("head", 6)]


def test_a_chain_recomputed_with_the_stolen_key_is_found_by_the_checkpoint(lane):
    checkpoint.write()
    with connections["audit"].cursor() as cursor:
        cursor.execute(lanes.ROWS, [lane])
        rows = cursor.fetchall()
    previous, orders = rows[2][lanes.PREVIOUS], []
    for row in rows[2:]:
        columns = list(row)
        columns[lanes.PREVIOUS], columns[13] = previous, "test.forged"
        mac = hmac.digest(keys.derived("audit", 32), lanes.plain(tuple(columns)), "sm3").hex()
        orders.append(
            f"UPDATE kernel_auditentry SET action = 'test.forged', previous = '\\x{previous}', "
            f"mac = '\\x{mac}' WHERE sequence = {row[1]}"
        )
        previous = mac
    bend(*orders, f"UPDATE kernel_auditlane SET mac = '\\x{previous}' WHERE lane = {lane}")
    assert found() == [("rewritten", 6)]


def test_one_row_rewritten_with_the_stolen_key_is_found_by_the_row_after_it(lane):
    with connections["audit"].cursor() as cursor:
        cursor.execute(lanes.ROWS, [lane])
        columns = list(cursor.fetchall()[2])
    columns[13] = "test.forged"
    mac = hmac.digest(keys.derived("audit", 32), lanes.plain(tuple(columns)), "sm3").hex()
    bend(f"UPDATE kernel_auditentry SET action = 'test.forged', mac = '\\x{mac}' WHERE sequence = 3")
    assert found() == [("rewritten", 4)]


def test_a_rewritten_checkpoint_file_is_found(lane):
    checkpoint.write()
    checkpoint.write()
    first, second = checkpoint.path().read_bytes().splitlines()
    outer = orjson.loads(first)
    forged = orjson.dumps({**outer, "body": outer["body"].replace('"previous"', '"Previous"')})
    checkpoint.path().write_bytes(forged + b"\n" + second + b"\nnot json\n")
    assert found() == [("checkpoint", 1), ("checkpoint", 2), ("checkpoint", 3)]


def test_the_two_ways_to_write_a_row_as_text_agree(lane):
    with connections["audit"].cursor() as cursor:
        cursor.execute(lanes.ROWS, [lane])
        row = cursor.fetchone()
    entry = AuditEntry.objects.get(sequence=1)
    columns = [getattr(entry, name) for name in lanes.COLUMNS]
    columns[-1] = bytes(columns[-1])
    assert appending.canonical(columns) == lanes.plain(row)


def test_two_processes_see_what_one_sees(lane, monkeypatch):
    monkeypatch.setattr(verifying, "PARALLEL_FROM", 0)
    bend("DELETE FROM kernel_auditentry WHERE sequence = 3")
    result = verifying.verify()
    assert (result.rows, found()) == (5, [("deleted", 3)])


def test_the_command_names_the_row_and_fails(lane, capsys):
    call_command("audit", "checkpoint")
    call_command("audit", "verify")
    assert "6 rows, 1 checkpoints" in capsys.readouterr().out
    bend("DELETE FROM kernel_auditentry WHERE sequence = 3")
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["sound"], answer["findings"][0]["kind"]) == (False, "deleted")
