"""The owner of an append-only table may seal its values anew under another key, and nothing else changes."""

from typing import ClassVar

from django.db import migrations

from kernel.database.operations import REFUSE

# The owner could drop the trigger anyway; here he says what he does, for one transaction and one table. The chain
# of the audit record stays out of it: it holds nothing sealed.
RESEAL = """
CREATE OR REPLACE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('lianyi.resealing', true) = TG_TABLE_NAME
       AND TG_TABLE_NAME NOT LIKE 'kernel_audit%' AND current_user =
           (SELECT tableowner FROM pg_tables WHERE schemaname = TG_TABLE_SCHEMA AND tablename = TG_TABLE_NAME) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kernel", "0004_audit_by_month")]

    operations: ClassVar = [migrations.RunSQL(RESEAL, REFUSE)]
