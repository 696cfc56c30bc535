"""Places are kept by the system manager: facts bear a version, departments close, closed ones take nothing new."""

from django.db import migrations, models

OPEN = """
CREATE FUNCTION consortium_department_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stands boolean;
BEGIN
    -- FOR KEY SHARE waits for who is closing the department just now (FOR UPDATE) and then sees it closed.
    SELECT active INTO stands FROM consortium_department WHERE id = NEW.department_id FOR KEY SHARE;
    IF NOT stands THEN
        RAISE EXCEPTION 'the department is closed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'stands_in_an_open_department';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER post_in_an_open_department BEFORE INSERT OR UPDATE OF department_id ON consortium_post
    FOR EACH ROW WHEN (NEW.department_id IS NOT NULL) EXECUTE FUNCTION consortium_department_open();
CREATE TRIGGER bed_in_an_open_department BEFORE INSERT OR UPDATE OF department_id, active ON consortium_bed
    FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION consortium_department_open();
CREATE TRIGGER device_in_an_open_department
    BEFORE INSERT OR UPDATE OF department_id, active ON consortium_applicationentity
    FOR EACH ROW WHEN (NEW.active AND NEW.department_id IS NOT NULL) EXECUTE FUNCTION consortium_department_open();
"""
ANYWHERE = """
DROP TRIGGER device_in_an_open_department ON consortium_applicationentity;
DROP TRIGGER bed_in_an_open_department ON consortium_bed;
DROP TRIGGER post_in_an_open_department ON consortium_post;
DROP FUNCTION consortium_department_open();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consortium", "0013_notices_said"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="applicationentity",
            name="ae_title_shape",
        ),
        migrations.AddField(
            model_name="applicationentity",
            name="stores",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="applicationentity",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="bed",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="department",
            name="closes_date",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="department",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="organisation",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="applicationentity",
            constraint=models.CheckConstraint(
                condition=models.Q(("title__regex", "^(?=.{1,16}$)[!-\\[\\]-`{-~]+( +[!-\\[\\]-`{-~]+)*$")),
                name="ae_title_shape",
            ),
        ),
        migrations.RunSQL(OPEN, ANYWHERE),
    ]
