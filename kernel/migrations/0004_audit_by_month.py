"""The audit record lies in one partition a month: a month past its time goes offline as a whole.

The landed rows are moved, byte for byte, so the chain over them stays what it was. Structure and rows go in one
step: between two the record would be in neither table.
"""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kernel.conf import database_user

# A month begins at midnight in the county. Ids are UUIDv7: their first 48 bits are the time in milliseconds.
EDGE = """
CREATE FUNCTION kernel_audit_edge(month date) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM month::timestamp AT TIME ZONE 'Asia/Shanghai') * 1000)::bigint),
                 12, '0') || repeat('0', 20))::uuid
$$
"""
# What came while no month was ready lies in kernel_auditentry_rest and moves over when its month is made.
MONTH = """
CREATE FUNCTION kernel_make_audit_month(month date) RETURNS boolean LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'kernel_auditentry_' || to_char(month, 'YYYY_MM');
    first uuid := kernel_audit_edge(month);
    beyond uuid := kernel_audit_edge((month + interval '1 month')::date);
BEGIN
    PERFORM pg_advisory_xact_lock(7160425);
    IF to_regclass(name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %%I (LIKE kernel_auditentry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('REVOKE ALL ON %%I FROM %(app)s', name);
    IF EXISTS (SELECT 1 FROM kernel_auditentry_rest WHERE id >= first AND id < beyond) THEN
        ALTER TABLE kernel_auditentry_rest DISABLE TRIGGER append_only;
        EXECUTE format('WITH moved AS (DELETE FROM kernel_auditentry_rest WHERE id >= %%L AND id < %%L
                        RETURNING *) INSERT INTO %%I SELECT * FROM moved', first, beyond, name);
        ALTER TABLE kernel_auditentry_rest ENABLE TRIGGER append_only;
    END IF;
    EXECUTE format('CREATE UNIQUE INDEX ON %%I (lane, sequence)', name);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %%I
                    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change()', name);
    EXECUTE format('ALTER TABLE kernel_auditentry ATTACH PARTITION %%I FOR VALUES FROM (%%L) TO (%%L)',
                   name, first, beyond);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION kernel_make_audit_month(date) FROM PUBLIC;

CREATE FUNCTION kernel_make_audit_months(ahead int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    this date := date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date;
    made int := 0;
BEGIN
    FOR number IN 0 .. least(ahead, 12) LOOP
        made := made + kernel_make_audit_month((this + make_interval(months => number))::date)::int;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION kernel_make_audit_months(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kernel_make_audit_months(int) TO %(app)s;
"""
# Nothing of this table is left but its rows.
APART = "ALTER TABLE kernel_auditentry RENAME TO kernel_auditentry_landed"
PARENT = """
CREATE TABLE kernel_auditentry (LIKE kernel_auditentry_landed INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
PARTITION BY RANGE (id);
CREATE TABLE kernel_auditentry_rest PARTITION OF kernel_auditentry DEFAULT;
CREATE UNIQUE INDEX ON kernel_auditentry_rest (lane, sequence);
REVOKE ALL ON kernel_auditentry, kernel_auditentry_rest FROM %(app)s;
"""
MOVE = """
SELECT count(*) FROM (
    SELECT kernel_make_audit_month(month::date) FROM generate_series(
        date_trunc('month', coalesce((SELECT min(at) FROM kernel_auditentry_landed), now())
                            AT TIME ZONE 'Asia/Shanghai'),
        date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') + interval '3 months',
        interval '1 month') AS month) AS made;
INSERT INTO kernel_auditentry SELECT * FROM kernel_auditentry_landed;
DROP TABLE kernel_auditentry_landed;
"""
# The rest's trigger comes after the move, the rule of the head after it too: the heads stand already.
REST = """
ALTER TABLE kernel_auditentry ADD PRIMARY KEY (id);
CREATE INDEX audit_by_patient ON kernel_auditentry (patient, id) WHERE patient IS NOT NULL;
CREATE INDEX audit_by_actor ON kernel_auditentry (actor_name, id);
CREATE INDEX audit_by_subject ON kernel_auditentry (subject_id, id) WHERE subject_id <> '';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_auditentry_rest
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change();
GRANT SELECT, INSERT ON kernel_auditentry TO %(app)s;
GRANT SELECT ON kernel_auditentry TO %(audit)s;
CREATE OR REPLACE FUNCTION kernel_keep_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    -- Entries of one transaction have ascending ids: the months before need not be asked.
    PERFORM 1 FROM kernel_auditentry WHERE lane = NEW.lane AND sequence > NEW.sequence AND id > NEW.id;
    IF NOT FOUND THEN
        UPDATE kernel_auditlane SET sequence = NEW.sequence, mac = NEW.mac WHERE lane = NEW.lane;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER keep_head AFTER INSERT ON kernel_auditentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kernel_keep_head();
"""


def by_month(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the table anew in months and move the landed rows."""
    users = {name: editor.quote_name(database_user(alias)) for name, alias in USERS.items()}
    for step in (APART, EDGE, PARENT % users, MONTH % users, MOVE, REST % users):
        editor.execute(step, params=None)


USERS = {"app": "default", "audit": "audit"}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kernel", "0003_books")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(by_month)],
            state_operations=[
                migrations.RemoveConstraint(model_name="auditentry", name="audit_entry_has_one_place"),
            ],
        ),
    ]
