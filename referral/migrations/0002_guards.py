"""History is written once; form numbers come from a sequence."""

from django.db import migrations

from kernel.database.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("referral", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        AppendOnly("referral_historyentry"),
        AppendOnly("referral_attachment"),
        migrations.RunSQL("CREATE SEQUENCE referral_number", "DROP SEQUENCE referral_number"),
    ]
