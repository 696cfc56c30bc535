"""What a device says about a person gets sealed and keyed columns; they are filled by the next migration."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0001_initial")]

    operations = [
        migrations.AddField("study", "said_sealed", models.BinaryField(default=b""), preserve_default=False),
        migrations.AddField(
            "study", "patient_id_key", models.BinaryField(blank=True, max_length=16, null=True)
        ),
        migrations.AddField(
            "study",
            "name_tokens",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.RenameField("instance", "metadata", "metadata_sealed"),
        migrations.AddIndex("study", models.Index(fields=["patient_id_key"], name="study_by_patient_id_key")),
        migrations.AddIndex(
            "study",
            django.contrib.postgres.indexes.GinIndex(fields=["name_tokens"], name="study_by_name_token"),
        ),
    ]
