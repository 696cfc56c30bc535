"""Migration operations that keep the three database users apart: owner, app (`default`) and audit."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from kernel.conf import database_user

REFUSE = """
CREATE OR REPLACE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


class _Statements(Operation):
    """An operation on the database alone, forwards and backwards a list of statements."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        return None

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        raise NotImplementedError

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        raise NotImplementedError

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.forwards(schema_editor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in self.backwards(schema_editor):
            schema_editor.execute(statement, params=None)


class ThreeUsers(_Statements):
    """The app may read and write rows of every table, made or to be made; it owns none and may not TRUNCATE.

    The audit user may do nothing until a table is opened to it (`AuditMayRead`).
    """

    def describe(self) -> str:
        return "Keep owner, app and audit users apart"

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        app = editor.quote_name(database_user("default"))
        audit = editor.quote_name(database_user("audit"))
        rights = "SELECT, INSERT, UPDATE, DELETE"
        return [
            f"GRANT USAGE ON SCHEMA public TO {app}, {audit}",
            f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {app}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {app}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
            REFUSE,
        ]

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        app = editor.quote_name(database_user("default"))
        return [
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {app}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {app}",
            "DROP FUNCTION IF EXISTS kernel_refuse_change()",
        ]


class AppendOnly(_Statements):
    """Rows of `table` are written once: no UPDATE, DELETE, TRUNCATE, by grant and by trigger.

    Stands after the CreateModel of the table; the migration depends on ("kernel", "0001_initial").
    """

    def __init__(self, table: str) -> None:
        self.table = table

    def describe(self) -> str:
        return f"Rows of {self.table} are written once"

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        table, app = (
            editor.quote_name(self.table),
            editor.quote_name(database_user("default")),
        )
        return [
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app}",
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change()",
        ]

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        table, app = (
            editor.quote_name(self.table),
            editor.quote_name(database_user("default")),
        )
        return [
            f"DROP TRIGGER IF EXISTS append_only ON {table}",
            f"GRANT UPDATE, DELETE ON {table} TO {app}",
        ]


class AuditMayRead(_Statements):
    """Opens `table` to the audit user, to read and nothing else."""

    def __init__(self, table: str) -> None:
        self.table = table

    def describe(self) -> str:
        return f"The audit user reads {self.table}"

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        return [
            f"GRANT SELECT ON {editor.quote_name(self.table)} TO {editor.quote_name(database_user('audit'))}"
        ]

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        audit = editor.quote_name(database_user("audit"))
        return [f"REVOKE SELECT ON {editor.quote_name(self.table)} FROM {audit}"]  # noqa: S608 - quoted names


class LockOnly(_Statements):
    """Lets the app lock rows of `table` (SELECT … FOR UPDATE) without changing more than the key `column`."""

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column

    def describe(self) -> str:
        return f"The app locks rows of {self.table}"

    def _order(self, editor: BaseDatabaseSchemaEditor, verb: str, way: str) -> str:
        table, column = editor.quote_name(self.table), editor.quote_name(self.column)
        return f"{verb} UPDATE ({column}) ON {table} {way} {editor.quote_name(database_user('default'))}"

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        return [self._order(editor, "GRANT", "TO")]

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        return [self._order(editor, "REVOKE", "FROM")]


class TakeAway(_Statements):
    """Takes single rights on `table` from the app's user."""

    def __init__(self, table: str, rights: str) -> None:
        self.table, self.rights = table, rights

    def describe(self) -> str:
        return f"The app may not {self.rights} on {self.table}"

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        app = editor.quote_name(database_user("default"))
        return [f"REVOKE {self.rights} ON {editor.quote_name(self.table)} FROM {app}"]

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        app = editor.quote_name(database_user("default"))
        return [f"GRANT {self.rights} ON {editor.quote_name(self.table)} TO {app}"]


class MayChange(_Statements):
    """Of the columns of `table` the app changes these alone, and it removes no row."""

    def __init__(self, table: str, *columns: str) -> None:
        self.table, self.columns = table, columns

    def describe(self) -> str:
        return f"The app changes {', '.join(self.columns)} of {self.table} and nothing else"

    def forwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        table, app = editor.quote_name(self.table), editor.quote_name(database_user("default"))
        columns = ", ".join(editor.quote_name(column) for column in self.columns)
        return [
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app}",
            f"GRANT UPDATE ({columns}) ON {table} TO {app}",
        ]

    def backwards(self, editor: BaseDatabaseSchemaEditor) -> list[str]:
        table, app = editor.quote_name(self.table), editor.quote_name(database_user("default"))
        return [f"GRANT UPDATE, DELETE ON {table} TO {app}"]
