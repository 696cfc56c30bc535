"""A change stays as it was proposed, is decided once, and stays as it was decided; nothing of it is deleted."""

from django.db import migrations

from kernel.database.operations import TakeAway

FREEZE = """
CREATE FUNCTION consortium_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a change is never deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.verdict <> 'waiting' THEN
        RAISE EXCEPTION 'a decided change stays as it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.id, NEW.kind, NEW.subject, NEW.payload, NEW.reason, NEW.paper, NEW.proposed_by_id, NEW.proposed_at,
        NEW.proposed_for_id) IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.subject, OLD.payload, OLD.reason, OLD.paper, OLD.proposed_by_id, OLD.proposed_at,
        OLD.proposed_for_id) THEN
        RAISE EXCEPTION 'a proposal stays as it was made' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER change_stays BEFORE UPDATE OR DELETE ON consortium_change
    FOR EACH ROW EXECUTE FUNCTION consortium_change_stays();
"""
THAW = """
DROP TRIGGER change_stays ON consortium_change;
DROP FUNCTION consortium_change_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("consortium", "0002_changes")]

    operations = [
        migrations.RunSQL(FREEZE, THAW),
        TakeAway("consortium_change", "DELETE, TRUNCATE"),
        TakeAway("consortium_narrowing", "DELETE, TRUNCATE"),
    ]
