"""A leg that is sent, or given its department, comes to an open one: whoever closes the department waits for it."""

from django.db import migrations

OPEN = """
CREATE TRIGGER referral_to_an_open_department BEFORE UPDATE OF status, department_id ON referral_referral
    FOR EACH ROW WHEN (
        NEW.department_id IS NOT NULL
        AND NEW.status NOT IN ('draft', 'internal_review', 'closed', 'rejected', 'managed_locally', 'redirected',
                               'cancelled', 'expired', 'died', 'entered_in_error')
        AND (OLD.status IN ('draft', 'internal_review') OR NEW.department_id IS DISTINCT FROM OLD.department_id)
    ) EXECUTE FUNCTION consortium_department_open();
"""
ANYWHERE = "DROP TRIGGER referral_to_an_open_department ON referral_referral;"


class Migration(migrations.Migration):
    dependencies = [("consortium", "0014_places"), ("referral", "0030_discharges_filled")]

    operations = [migrations.RunSQL(OPEN, ANYWHERE)]
