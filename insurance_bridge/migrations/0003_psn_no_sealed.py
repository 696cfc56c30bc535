"""A sealed column for the centre's number of the person; it is filled by the next migration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insurance_bridge", "0002_guards")]

    operations = [
        migrations.AddField("visit", "psn_no_sealed", models.BinaryField(blank=True, null=True)),
    ]
