"""The migration operations go forward and back and say what they do."""

import pytest
from django.db import ProgrammingError, connection, connections

from kernel.database.operations import AppendOnly, AuditMayRead, TakeAway, ThreeUsers


def allowed(user, right, table="thing"):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [user, table, right])
        return cursor.fetchone()[0]


@pytest.fixture
def thing(race_db):
    """A table made by the owner, as a migration makes it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE thing (id int)")


def apply(operation, backwards=False):
    with connections["owner"].schema_editor() as editor:
        turn = operation.database_backwards if backwards else operation.database_forwards
        turn("kernel", editor, None, None)


def test_a_new_table_belongs_to_the_app_to_work_in_only(thing):
    app = connection.settings_dict["USER"]
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"]
    assert [allowed(app, right) for right in rights] == [True] * 4 + [False] * 3
    assert not allowed(connections["audit"].settings_dict["USER"], "SELECT")


def test_append_only_goes_forward_and_back(thing):
    operation = AppendOnly("thing")
    apply(operation)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO thing VALUES (1)")
    for order in ("UPDATE thing SET id = 2", "DELETE FROM thing", "TRUNCATE thing"):
        for alias in ("default", "owner"):
            with pytest.raises(ProgrammingError), connections[alias].cursor() as cursor:
                cursor.execute(order)
    apply(operation, backwards=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE thing SET id = 2")
    assert operation.describe() == "Rows of thing are written once"


def test_single_rights_are_given_and_taken(thing):
    app, auditor = connection.settings_dict["USER"], connections["audit"].settings_dict["USER"]
    taken, read = TakeAway("thing", "INSERT"), AuditMayRead("thing")
    apply(taken)
    apply(read)
    assert (allowed(app, "INSERT"), allowed(auditor, "SELECT"), allowed(auditor, "UPDATE")) == (
        False,
        True,
        False,
    )
    apply(taken, backwards=True)
    apply(read, backwards=True)
    assert (allowed(app, "INSERT"), allowed(auditor, "SELECT")) == (True, False)


def test_default_rights_can_be_taken_back(race_db):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditentry DISABLE TRIGGER ALL")
        cursor.execute("DROP TRIGGER append_only ON kernel_auditentry")
        cursor.execute(
            "SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger "
            "WHERE tgfoid = 'kernel_refuse_change'::regproc"
        )
        for (order,) in cursor.fetchall():
            cursor.execute(order)
    apply(ThreeUsers(), backwards=True)
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE late (id int)")
    assert not allowed(connection.settings_dict["USER"], "SELECT", "late")
