"""Openings and changes of identity are written once."""

from django.db import migrations

from kernel.database.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("emr", "0002_repository")]

    operations = [AppendOnly("emr_opening"), AppendOnly("emr_personchange")]
