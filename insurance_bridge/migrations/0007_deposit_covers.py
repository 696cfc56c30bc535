"""What is paid from a deposit, or given back of it, was paid in before: held by the database, visit by visit."""

from django.db import migrations

COVERS = """
CREATE FUNCTION insurance_bridge_deposit_covers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two receipts of one visit follow one another: the second sees the first.
    PERFORM 1 FROM insurance_bridge_visit WHERE id = NEW.visit_id FOR UPDATE;
    IF (SELECT coalesce(sum(CASE WHEN kind IN ('deposit', 'deposit_back') THEN amount ELSE 0 END), 0)
             - coalesce(sum(CASE WHEN method = 'deposit' THEN amount ELSE 0 END), 0)
        FROM insurance_bridge_receipt WHERE visit_id = NEW.visit_id) < 0 THEN
        RAISE EXCEPTION 'the deposit of visit % does not cover it', NEW.visit_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_covers AFTER INSERT ON insurance_bridge_receipt
FOR EACH ROW WHEN (NEW.method = 'deposit' OR NEW.kind = 'deposit_back')
EXECUTE FUNCTION insurance_bridge_deposit_covers();
"""
BACK = """
DROP TRIGGER deposit_covers ON insurance_bridge_receipt;
DROP FUNCTION insurance_bridge_deposit_covers();
"""


class Migration(migrations.Migration):
    dependencies = [("insurance_bridge", "0006_case_parts")]

    operations = [migrations.RunSQL(COVERS, BACK)]
