"""Seals the numbers that are already here."""

from typing import Any, Final

from django.db import migrations

from insurance_bridge.models.visits import PSN_NO
from kernel import crypto

BATCH: Final = 500


def seal(apps: Any, editor: Any) -> None:
    visit = apps.get_model("insurance_bridge", "Visit")
    rows = visit.objects.exclude(psn_no="").filter(psn_no_sealed__isnull=True).order_by("pk")
    while batch := list(rows[:BATCH]):
        for row in batch:
            row.psn_no_sealed = crypto.seal(PSN_NO, row.pk, row.psn_no)
        visit.objects.bulk_update(batch, ["psn_no_sealed"])


class Migration(migrations.Migration):
    dependencies = [("insurance_bridge", "0003_psn_no_sealed")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop, elidable=True)]
