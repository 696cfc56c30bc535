"""Every leg knows whose it is; where two open ones of one person stand in one department, both are marked."""

from django.db import migrations

PERSONS = """
UPDATE referral_referral leg SET person_id = patient.person_id
FROM emr_patient patient WHERE patient.id = leg.patient_id AND leg.person_id IS NULL
"""
OPEN = """NOT IN ('cancelled', 'closed', 'died', 'draft', 'entered_in_error', 'expired', 'internal_review',
'managed_locally', 'redirected', 'rejected')"""
DOUBLED = f"""
UPDATE referral_referral leg SET doubled = true
FROM referral_referral other
WHERE other.id <> leg.id AND other.person_id = leg.person_id AND other.direction = leg.direction
  AND other.department_id IS NOT DISTINCT FROM leg.department_id
  AND leg.status {OPEN} AND other.status {OPEN}
"""  # noqa: S608  constants


class Migration(migrations.Migration):
    dependencies = [("referral", "0016_criteria_and_persons")]

    operations = [
        migrations.RunSQL(PERSONS, migrations.RunSQL.noop),
        migrations.RunSQL(DOUBLED, migrations.RunSQL.noop),
    ]
