"""The readable columns go."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("imaging", "0003_seal_said")]

    operations = [
        migrations.RemoveIndex("study", "study_by_patient_id"),
        migrations.RemoveIndex("study", "study_by_name_part"),
        migrations.RemoveField("study", "dicom_patient_id"),
        migrations.RemoveField("study", "patient_name"),
        migrations.RemoveField("study", "name_search"),
    ]
