"""The readable column goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("insurance_bridge", "0004_seal_psn_no")]

    operations = [migrations.RemoveField("visit", "psn_no")]
