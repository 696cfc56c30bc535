"""Critical values that nobody reads back are passed up: how often, when next, and who was called."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
from kernel.database.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("diagnostics", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="criticalvalue",
            name="call_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="criticalvalue",
            name="escalations",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="criticalvalue",
            index=models.Index(
                condition=models.Q(("acknowledged_at__isnull", True)),
                fields=["due_at"],
                name="criticals_to_read_back",
            ),
        ),
        migrations.CreateModel(
            name="CriticalCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "rung",
                    models.CharField(
                        choices=[
                            ("duty", "doctor on duty"),
                            ("head", "head of the department"),
                            ("chief", "duty chief"),
                        ],
                        max_length=8,
                    ),
                ),
                ("telephone", models.CharField(blank=True, default="", max_length=30)),
                ("called_at", models.DateTimeField()),
                (
                    "critical",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="diagnostics.criticalvalue",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("critical", "number", "staff"), name="critical_call_once_each_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rung__in", ["duty", "head", "chief"])),
                        name="critical_call_rung_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="critical_call_is_numbered"
                    ),
                ],
            },
        ),
        AppendOnly("diagnostics_criticalcall"),
    ]
