"""Patients who left before there was a line for it: when, without a name."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """A line for every leg with the day of a discharge, behind the step that came before it."""
    leg, line = apps.get_model("referral", "Referral"), apps.get_model("referral", "Discharge")
    steps = apps.get_model("referral", "HistoryEntry").objects.filter(
        referral=OuterRef("pk"), happened_at__lte=OuterRef("discharged_at")
    )
    before = Subquery(steps.order_by("-version").values("version")[:1])
    told = leg.objects.filter(discharged_at__isnull=False, departure__isnull=True).annotate(before=before)
    rows = told.values_list("pk", "before", "discharged_at", "target_id")
    line.objects.bulk_create(
        [
            line(referral_id=pk, version=version or 1, left_at=at, organisation_id=place, happened_at=at)
            for pk, version, at, place in rows
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("referral", "0029_discharges")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
