"""Forms that left the house on paper; written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
from kernel.database.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("consortium", "0010_working_time"),
        ("referral", "0019_hospitals_outside"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Printout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("form", "the form"), ("plan", "the follow-up plan")], max_length=6
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("whole", models.BooleanField()),
                ("workplace", models.CharField(blank=True, max_length=45)),
                ("printed_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consortium.organisation",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="printouts",
                        to="referral.referral",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["referral", "id"], name="printouts_of_leg")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["form", "plan"])), name="printout_kind_known"
                    )
                ],
            },
        ),
        AppendOnly("referral_printout"),
    ]
