"""Partitions of the months ahead."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction


def test_months_ahead_are_made_once_and_are_append_only(race_db, capsys):
    call_command("history_partitions", months=20)
    call_command("history_partitions", months=20)

    told = capsys.readouterr().out.splitlines()
    assert told[0] != "0 partitions made"
    assert told[1] == "0 partitions made"
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT max(relname) FROM pg_class WHERE relname ~ '^emr_history_[0-9]{4}_[0-9]{2}$'")
        (last,) = cursor.fetchone()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {last}")
