"""The audit record by month: made ahead, taken offline whole and late, the chain whole before and after."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from kernel import audit, clock, ids, tasks
from kernel.actor import Actor
from kernel.chain import closings, verifying
from kernel.crypto import Signature, signer
from kernel.models import AuditClosing, AuditEntry

SYSTEM = Actor.system("test")
OLD = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]


def owner(order, *values):
    with connections["owner"].cursor() as cursor:
        cursor.execute(order, values)


def home():
    """Partition -> rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text, count(*) FROM kernel_auditentry GROUP BY 1 ORDER BY 1"
        )
        return dict(cursor.fetchall())


@pytest.fixture
def at(monkeypatch):
    """Sets the clock: entries get the time and the id of that moment."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "present", lambda: moment)
        monkeypatch.setattr(ids.time, "time_ns", lambda: int(moment.timestamp() * 1e9))
        monkeypatch.setattr(ids, "_last", 0)

    return set_to


@pytest.fixture
def past(race_db, settings, tmp_path, at):
    """Three old months with three transactions each; answers nothing. The clock stands in the present again."""
    settings.DATA_DIR = tmp_path
    present = datetime.now(UTC)
    for month in OLD:
        owner("SELECT kernel_make_audit_month(%s)", month)
        for day in range(3):
            at(datetime(month.year, month.month, 10 + day, 3, tzinfo=UTC))
            with transaction.atomic():
                audit.record(by=SYSTEM, action="test.done", detail={"day": day, "words": 'ein "Wort" \\ 字'})
    at(present)


def test_entries_lie_in_the_month_of_the_county(past, at):
    assert home() == {f"kernel_auditentry_2026_0{number}": 3 for number in (1, 2, 3)}
    at(datetime(2026, 2, 28, 16, 30, tzinfo=UTC))  # half past midnight on 1 March in the county
    audit.record(by=SYSTEM, action="test.done")
    assert home()["kernel_auditentry_2026_03"] == 4
    assert verifying.verify().sound


def test_the_coming_months_are_ready_and_the_app_may_make_no_others(race_db):
    ready = closings.months()
    assert ready[:1] == [clock.today().replace(day=1)]
    assert len(ready) == 1 + closings.AHEAD
    assert tasks.audit_months() == 0
    owner(f"DROP TABLE {closings.PREFIX}{ready[-1]:%Y_%m}")
    assert (tasks.audit_months(), closings.months()) == (1, ready)
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SELECT kernel_make_audit_month('2020-01-01')")


def test_what_came_before_its_month_was_ready_moves_in(race_db, settings, tmp_path, at):
    settings.DATA_DIR = tmp_path
    present = datetime.now(UTC)
    at(datetime(2026, 1, 10, tzinfo=UTC))
    audit.record(by=SYSTEM, action="test.done")
    at(present)
    assert home() == {"kernel_auditentry_rest": 1}
    owner("SELECT kernel_make_audit_month('2026-01-01')")
    assert home() == {"kernel_auditentry_2026_01": 1}
    assert verifying.verify().sound


@pytest.mark.parametrize(
    "order",
    [
        "UPDATE kernel_auditentry_2026_01 SET action = 'nothing'",
        "DELETE FROM kernel_auditentry_2026_01",
        "INSERT INTO kernel_auditentry_2026_01 SELECT * FROM kernel_auditentry LIMIT 1",
        "SELECT 1 FROM kernel_auditentry_2026_01",
        "TRUNCATE kernel_auditentry_2026_01",
        "DROP TABLE kernel_auditentry_2026_01",
        "ALTER TABLE kernel_auditentry DETACH PARTITION kernel_auditentry_2026_01",
        "DELETE FROM kernel_auditentry_rest",
        "DELETE FROM kernel_auditentry",
        "INSERT INTO kernel_auditclosing (id, month, body, signature, closed_at) "
        "VALUES (gen_random_uuid(), '2026-01-01', '{}', '[]', now())",
        "DELETE FROM kernel_auditclosing",
    ],
)
def test_the_app_touches_no_month(past, order):
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(order)
    assert home()["kernel_auditentry_2026_01"] == 3


@pytest.mark.parametrize("order", ["UPDATE {} SET action = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_not_even_the_owner_changes_a_month_in_passing(past, order):
    with pytest.raises(ProgrammingError):
        owner(order.format("kernel_auditentry_2026_02"))


def test_one_place_in_the_chain_is_taken_once(past):
    row = AuditEntry.objects.order_by("id").first()
    with pytest.raises(Exception, match="kernel_auditentry_2026_01_lane_sequence_idx"):
        AuditEntry.objects.filter(pk=row.pk).model(
            **{
                field.name: getattr(row, field.name)
                for field in AuditEntry._meta.fields
                if field.name != "id"
            },
            id=ids.UUID(int=row.pk.int + 1),
        ).save(force_insert=True)


def test_old_months_go_offline_and_the_chain_stays_whole(past, at, capsys, settings, tmp_path):
    audit.record(by=SYSTEM, action="test.present")
    call_command("audit", "purge", "--until", "2026-02")
    assert "2 months" in capsys.readouterr().out
    assert sorted(home())[0] == "kernel_auditentry_2026_03"
    result = verifying.verify()
    assert (result.findings, result.rows) == ([], 3 + 1 + 2)  # March, the present, two months closed
    assert [entry.action for entry in AuditEntry.objects.order_by("id")][3:] == [
        "test.present", "audit.month_closed", "audit.month_closed",
    ]  # fmt: skip
    lines = gzip.decompress((tmp_path / "audit" / "archive" / "2026-01.jsonl.gz").read_bytes()).splitlines()
    assert [json.loads(line)["detail"]["words"] for line in lines] == ['ein "Wort" \\ 字'] * 3
    closing = AuditClosing.objects.get(month=OLD[0])
    assert signer().verify(closing.body.encode(), Signature(*closing.signature))
    assert orjson.loads(closing.body)["rows"] == 3


def test_nothing_younger_than_180_days_goes(past, at, capsys):
    edge = clock.day_bounds(date(2026, 4, 1))[0] + timedelta(days=180)
    at(edge - timedelta(minutes=1))
    with pytest.raises(CommandError, match=r"2026-03"):
        call_command("audit", "purge", "--until", "2026-03")
    assert sorted(home()) == [f"kernel_auditentry_2026_0{number}" for number in (1, 2, 3)]
    at(edge + timedelta(minutes=1))
    call_command("audit", "purge", "--until", "2026-03")
    assert [name for name in home() if name < "kernel_auditentry_2026_04"] == []


def test_a_broken_chain_keeps_all_its_months(past):
    owner("ALTER TABLE kernel_auditentry_2026_01 DISABLE TRIGGER append_only")
    owner("UPDATE kernel_auditentry_2026_01 SET outcome = 'refused'")
    with pytest.raises(CommandError, match="broken"):
        call_command("audit", "purge", "--until", "2026-01")
    assert home()["kernel_auditentry_2026_01"] == 3


def test_a_month_cut_out_without_its_signed_end_is_found(past):
    owner("DROP TABLE kernel_auditentry_2026_01")
    kinds = {found.kind for found in verifying.verify().findings}
    assert kinds & {"deleted", "truncated"}


def test_a_forged_end_is_found(past):
    call_command("audit", "purge", "--until", "2026-01")
    owner("ALTER TABLE kernel_auditclosing DISABLE TRIGGER append_only")
    owner("UPDATE kernel_auditclosing SET body = replace(body, '2026-01', '2026-02')")
    assert "closing" in {found.kind for found in verifying.verify().findings}
