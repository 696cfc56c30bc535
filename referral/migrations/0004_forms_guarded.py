"""Signed forms are written once."""

from django.db import migrations

from kernel.database.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("referral", "0003_whole_machine")]

    operations = [AppendOnly("referral_formversion")]
