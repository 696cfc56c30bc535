"""Rows that decide over rights carry a MAC: whoever changes them past the house is found."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.core.management import CommandError, call_command
from django.db import connection, connections, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import isolate_apps

from kernel import guarded, ids
from kernel.guarded import Damaged, Guarded
from kernel.models import Alarm, AuditEntry

DAY = date(2026, 1, 1)


@pytest.fixture
def table(race_db) -> Iterator[type[Guarded]]:
    """A table of this test alone, made by the owner, written and read by the app's user."""
    with isolate_apps("kernel"):

        class Right(Guarded):
            id = models.UUIDField(primary_key=True, default=ids.uuid7)
            who = models.UUIDField()
            clearance = models.IntegerField()
            words = ArrayField(models.CharField(max_length=9), default=list)
            period = DateRangeField(null=True)
            until_at = models.DateTimeField(null=True)
            note = models.TextField(default="")

            guarded = ("who", "clearance", "words", "period", "until_at")

            class Meta:
                app_label = "kernel"

            def __str__(self) -> str:
                return str(self.pk)

    with connections["owner"].schema_editor() as editor:
        editor.create_model(Right)
    return Right


def right(table: type[Guarded], **words: object) -> Guarded:
    given = {"who": uuid4(), "clearance": 3, "words": ["a"], "period": DateRange(DAY, None, "[]")}
    return table.objects.create(**{**given, **words})


def past_the_house(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_row_of_the_house_is_intact_when_it_comes_back(table):
    row = right(
        table, until_at=datetime(2026, 1, 1, tzinfo=UTC), period=DateRange(DAY, date(2026, 2, 1), "[]")
    )
    again = table.objects.get(pk=row.pk)
    assert guarded.verified(again) is again
    assert (len(again.row_mac), again.row_mac[0]) == (33, 1)


def test_values_given_as_text_are_those_that_are_stored(table):
    row = right(table, who=str(uuid4()), clearance="4", period=(DAY, date(2026, 2, 1)))
    assert guarded.check(table.objects.filter(pk=row.pk)) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("clearance", 5),
        ("who", UUID(int=1)),
        ("words", ["a", "b"]),
        ("period", DateRange(DAY, date(2030, 1, 1))),
        ("until_at", datetime(2030, 1, 1, tzinfo=UTC)),
        ("id", UUID(int=2)),
        ("row_mac", b""),
        ("row_mac", bytes(33)),
        ("row_mac", b"\x09" + bytes(32)),
    ],
)
def test_a_column_changed_past_the_house_is_found_and_recorded(table, column, value):
    row = right(table)
    past_the_house(f"UPDATE kernel_right SET {column} = %s", value)
    with pytest.raises(Damaged) as refused:
        guarded.verified(table.objects.get())
    assert (refused.value.status, refused.value.code) == (503, "row_damaged")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_kind) == ("row.damaged", "kernel.right")
    assert entry.subject_id == str(value if column == "id" else row.pk)
    assert (Alarm.objects.get().code, Alarm.objects.get().subject_id) == (
        "kernel.row_damaged",
        entry.subject_id,
    )


def test_a_mac_does_not_fit_another_row(table):
    one, two = right(table), right(table, clearance=5)
    past_the_house(
        "UPDATE kernel_right SET row_mac = %s, clearance = 5, who = %s WHERE id = %s",
        bytes(two.row_mac), two.who, one.pk,
    )  # fmt: skip
    assert [error.detail["pk"] for error in guarded.check(table.objects.all())] == [str(one.pk)]


def test_a_row_put_in_past_the_house_is_found(table):
    row = right(table)
    past_the_house(
        "INSERT INTO kernel_right (id, row_mac, who, clearance, words, period, note)"
        " SELECT %s, row_mac, who, clearance, words, period, note FROM kernel_right",
        uuid4(),
    )
    assert [error.detail["pk"] for error in guarded.check(table.objects.exclude(pk=row.pk))] != []


def test_a_column_that_is_not_guarded_may_change(table):
    right(table)
    past_the_house("UPDATE kernel_right SET note = 'x'")
    assert guarded.check(table.objects.all()) == []
    table.objects.update(note="y")
    assert guarded.check(table.objects.all()) == []


def test_save_stamps_anew_and_takes_the_mac_along(table):
    row = right(table)
    row.clearance = 4
    row.save(update_fields=["clearance"])
    assert guarded.verified(table.objects.get()).clearance == 4
    row.note = "only this"
    row.save(update_fields=["note"])
    row.save()
    assert guarded.verified(table.objects.get()).note == "only this"


def test_a_verb_does_not_make_somebody_else_s_change_its_own(table):
    row = right(table)
    past_the_house("UPDATE kernel_right SET clearance = 5")
    row = table.objects.get(pk=row.pk)
    row.period = DateRange(DAY, date(2026, 3, 1))
    with pytest.raises(Damaged):
        row.save(update_fields=["period"])
    with pytest.raises(Damaged):
        table.objects.bulk_update([row], ["period"])
    assert not guarded.intact(table.objects.get())


def test_bulk_writes_are_stamped(table):
    rows = [table(who=uuid4(), clearance=1) for _ in range(3)]
    table.objects.bulk_create(rows)
    for row in rows:
        row.clearance = 2
    table.objects.bulk_update(rows, ["clearance"])
    assert guarded.check(table.objects.all()) == []
    assert set(table.objects.values_list("clearance", flat=True)) == {2}


def test_a_bare_update_of_a_guarded_column_is_refused(table):
    right(table)
    with pytest.raises(TypeError, match="never by update"):
        table.objects.update(clearance=5)


def test_a_migration_stamps_rows_of_a_model_without_rules(table):
    right(table)
    past_the_house("UPDATE kernel_right SET row_mac = ''")
    with isolate_apps("kernel"):

        class Plain(models.Model):
            id = models.UUIDField(primary_key=True)
            who = models.UUIDField()
            clearance = models.IntegerField()
            words = ArrayField(models.CharField(max_length=9))
            period = DateRangeField(null=True)
            until_at = models.DateTimeField(null=True)
            row_mac = models.BinaryField()

            class Meta:
                app_label = "kernel"
                db_table = "kernel_right"

            def __str__(self) -> str:
                return str(self.pk)

    row = Plain.objects.get()
    guarded.stamp([row], table.guarded)
    row.save()
    assert guarded.check(table.objects.all()) == []


def test_inside_a_transaction_the_alarm_stands_all_the_same(table):
    right(table)
    past_the_house("UPDATE kernel_right SET clearance = 5")
    with pytest.raises(Damaged), transaction.atomic():
        guarded.verified(table.objects.get())
    assert AuditEntry.objects.count() == 0
    assert Alarm.objects.get().code == "kernel.row_damaged"


def test_the_walk_names_what_was_changed(table, monkeypatch):
    one, _two = right(table), right(table)
    monkeypatch.setattr(guarded, "tables", lambda: [table])
    out = StringIO()
    call_command("protection", "check-rows", stdout=out)
    assert out.getvalue() == "2 rows in 1 tables\n"
    past_the_house("UPDATE kernel_right SET clearance = 5 WHERE id = %s", one.pk)
    with pytest.raises(CommandError, match="1 rows were changed"):
        call_command("protection", "check-rows", stdout=out)
    assert f"changed: kernel.right {one.pk}" in out.getvalue()


def test_every_guarded_table_is_known_by_the_walk():
    assert all(issubclass(model, Guarded) and model.guarded for model in guarded.tables())


@isolate_apps("kernel")
def test_a_column_the_database_fills_in_cannot_be_guarded():
    class Odd(Guarded):
        made_at = models.DateTimeField(auto_now_add=True)
        doubled = models.GeneratedField(
            expression=models.F("id") * 2, output_field=models.IntegerField(), db_persist=True
        )

        guarded = ("made_at", "doubled", "nothing")

        class Meta:
            app_label = "kernel"

        def __str__(self) -> str:
            return str(self.pk)

    assert [error.id for error in Odd.check() if error.id == "kernel.E001"] == ["kernel.E001"] * 3
