"""A label rises in the past as well: history stays append-only but for one function that raises and seals."""

from django.db import migrations

from kernel.conf import database_user
from kernel.database.operations import AppendOnly

# Only the owner's function may touch a version, and only upwards: the label rises, and the bytes are replaced once,
# when they become sealed (below 4 they stood readable). The app's user has no right to UPDATE the table itself; the
# trigger of append-only tables lets their owner seal anew, and the function runs as the owner.
RAISE = """
CREATE OR REPLACE FUNCTION emr_raise_label(
    which_kind text, which_id text, which_version integer, new_label smallint, new_content bytea
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE changed integer;
BEGIN
    PERFORM set_config('lianyi.resealing', 'emr_resource_history', true);
    UPDATE emr_resource_history SET
        label = new_label,
        content = CASE WHEN label < 4 AND new_label >= 4 AND new_content IS NOT NULL
                  THEN new_content ELSE content END
    WHERE kind = which_kind AND id = which_id AND version = which_version AND label < new_label;
    GET DIAGNOSTICS changed = ROW_COUNT;
    PERFORM set_config('lianyi.resealing', '', true);
    RETURN changed > 0;
END $$
"""
SIGNATURE = "emr_raise_label(text, text, integer, smallint, bytea)"


def open_to_the_app(apps, editor):
    app = editor.quote_name(database_user("default"))
    editor.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    editor.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {app}")


class Migration(migrations.Migration):
    dependencies = [("emr", "0004_protection"), ("kernel", "0005_resealing")]

    operations = [
        migrations.RunSQL(RAISE, f"DROP FUNCTION {SIGNATURE}"),
        migrations.RunPython(open_to_the_app, migrations.RunPython.noop),
        AppendOnly("emr_consentversion"),
    ]
