"""What the database itself guards: written-once money, events that sum to zero, closed days, message numbers."""

from django.db import migrations

from kernel.database.operations import AppendOnly

LEDGER = """
CREATE FUNCTION insurance_bridge_event_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM insurance_bridge_ledgerentry WHERE event = NEW.event) <> 0 THEN
        RAISE EXCEPTION 'ledger event % does not sum to zero', NEW.event USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_event_sums_to_zero AFTER INSERT ON insurance_bridge_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION insurance_bridge_event_sums_to_zero();
"""
LEDGER_BACK = """
DROP TRIGGER ledger_event_sums_to_zero ON insurance_bridge_ledgerentry;
DROP FUNCTION insurance_bridge_event_sums_to_zero();
"""
CLOSED = """
CREATE FUNCTION insurance_bridge_closed_day_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'day % is closed', OLD.date USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER closed_day_stays BEFORE UPDATE OR DELETE ON insurance_bridge_day
FOR EACH ROW WHEN (OLD.status = 'closed') EXECUTE FUNCTION insurance_bridge_closed_day_stays();
"""
CLOSED_BACK = """
DROP TRIGGER closed_day_stays ON insurance_bridge_day;
DROP FUNCTION insurance_bridge_closed_day_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("insurance_bridge", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        AppendOnly("insurance_bridge_ledgerentry"),
        AppendOnly("insurance_bridge_receipt"),
        migrations.RunSQL(
            "CREATE SEQUENCE insurance_bridge_msgid MINVALUE 0 START 0 MAXVALUE 9999 CYCLE",
            "DROP SEQUENCE insurance_bridge_msgid",
        ),
        migrations.RunSQL(LEDGER, LEDGER_BACK),
        migrations.RunSQL(CLOSED, CLOSED_BACK),
    ]
