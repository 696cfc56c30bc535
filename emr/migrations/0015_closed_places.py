"""Nobody is put into a bed that is closed, or counted into a department that is: whoever closes it waits for whoever
is just being put there, and the other way round."""

from django.db import migrations

OPEN = """
CREATE FUNCTION emr_beduse_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands boolean;
BEGIN
    IF NEW.bed_id IS NOT NULL THEN
        SELECT active INTO stands FROM consortium_bed WHERE id = NEW.bed_id FOR KEY SHARE;
    ELSE
        SELECT d.active INTO stands FROM emr_pool p JOIN consortium_department d ON d.id = p.department_id
        WHERE p.id = NEW.pool_id FOR KEY SHARE OF d;
    END IF;
    IF NOT stands THEN
        RAISE EXCEPTION 'the place is closed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'bed_use_of_an_open_place';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bed_use_of_an_open_place BEFORE INSERT ON emr_beduse
    FOR EACH ROW WHEN (NEW.use IN ('held', 'occupied')) EXECUTE FUNCTION emr_beduse_open();
"""
ANYWHERE = """
DROP TRIGGER bed_use_of_an_open_place ON emr_beduse;
DROP FUNCTION emr_beduse_open();
"""


class Migration(migrations.Migration):
    dependencies = [("consortium", "0014_places"), ("emr", "0014_countersigned")]

    operations = [migrations.RunSQL(OPEN, ANYWHERE)]
