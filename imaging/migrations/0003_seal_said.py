"""Seals what studies and headers that are already here say about persons."""

from typing import Any, Final

from django.db import migrations

from imaging import vault
from imaging.engine.sieve import Said

BATCH: Final = 500


def seal_studies(apps: Any, editor: Any) -> None:
    study = apps.get_model("imaging", "Study")
    rows = study.objects.filter(said_sealed=b"").order_by("pk")
    while batch := list(rows[:BATCH]):
        for row in batch:
            said = Said(row.dicom_patient_id, row.patient_name, row.name_search)
            row.said_sealed = vault.seal_said(row.uid, said)
            row.patient_id_key = vault.patient_id_key(said.patient_id)
            row.name_tokens = vault.name_tokens(said)
        study.objects.bulk_update(batch, ["said_sealed", "patient_id_key", "name_tokens"])


def seal_headers(apps: Any, editor: Any) -> None:
    instance = apps.get_model("imaging", "Instance")
    last = None
    rows = instance.objects.order_by("pk").only("pk", "uid", "metadata_sealed")
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:BATCH]):
        for row in batch:
            row.metadata_sealed = vault.seal_metadata(row.uid, bytes(row.metadata_sealed))
        instance.objects.bulk_update(batch, ["metadata_sealed"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("imaging", "0002_said_sealed")]

    operations = [
        migrations.RunPython(seal_studies, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(seal_headers, migrations.RunPython.noop, elidable=True),
    ]
