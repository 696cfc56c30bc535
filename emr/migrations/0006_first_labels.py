"""The shipped table of specially protected data, and the MACs of grounds that stand already."""

import csv
from pathlib import Path

from django.db import migrations
from django.utils import timezone

from kernel import guarded

TABLE = Path(__file__).resolve().parents[2] / "fixtures" / "catalogue" / "label_rules.tsv"
RULE = ("system", "value", "category", "label", "since_at", "until_at")
GROUND = (
    *("patient", "organisation", "department", "staff", "basis", "source", "label", "purpose"),
    *("opened_at", "until_at", "closed_at"),
)


def load(apps, editor):
    model = apps.get_model("emr", "LabelRule")
    now = timezone.now()
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = [
            model(
                system=line["system"],
                value=line["value"],
                category=line["category"],
                label=int(line["label"]),
                words=line["words"],
                since_at=now,
                given_by="system:catalogue",
            )
            for line in csv.DictReader(lines, delimiter="\t")
        ]
    model.objects.using(editor.connection.alias).bulk_create(guarded.stamp(rows, RULE))


def look_through(apps, editor):
    """What was stored before there was a table is judged by it."""
    alias = editor.connection.alias
    apps.get_model("emr", "LabelSweep").objects.using(alias).create(asked_at=timezone.now())


def seal(apps, editor):
    rows = apps.get_model("emr", "Ground").objects.using(editor.connection.alias).order_by("pk")
    batch = []
    for row in rows.iterator(chunk_size=1000):
        batch.append(row)
        if len(batch) == 1000:
            rows.model.objects.using(editor.connection.alias).bulk_update(
                guarded.stamp(batch, GROUND), ["row_mac"]
            )
            batch = []
    rows.model.objects.using(editor.connection.alias).bulk_update(guarded.stamp(batch, GROUND), ["row_mac"])


def judges(apps, editor):
    """Openings of before are judged at the head hospital, as they were."""
    alias = editor.connection.alias
    places = apps.get_model("consortium", "Organisation").objects.using(alias)
    head = places.filter(kind="head_hospital", active=True).order_by("pk").first()
    rows = apps.get_model("emr", "BreakGlass").objects.using(alias).filter(review_place=None)
    if head is not None:
        rows.update(review_place=head)


def take_back(apps, editor):
    apps.get_model("emr", "LabelRule").objects.using(editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("emr", "0005_relabelling")]

    operations = [
        migrations.RunPython(load, take_back),
        migrations.RunPython(look_through, migrations.RunPython.noop),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RunPython(judges, migrations.RunPython.noop),
    ]
