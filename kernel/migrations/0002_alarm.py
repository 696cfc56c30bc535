"""Alarms: a row nobody removes; only its answer is written later."""

from typing import ClassVar

from django.db import migrations, models

import kernel.ids
from kernel.database.operations import AuditMayRead, MayChange


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("kernel", "0001_initial"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("code", models.CharField(max_length=60)),
                ("level", models.PositiveSmallIntegerField()),
                ("key", models.BinaryField(max_length=32)),
                ("raised_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("actor_kind", models.TextField()),
                ("actor_name", models.TextField()),
                ("actor_id", models.UUIDField(null=True)),
                ("organisation", models.UUIDField(null=True)),
                ("address", models.TextField()),
                ("subject_kind", models.TextField()),
                ("subject_id", models.TextField()),
                ("patient", models.UUIDField(null=True)),
                ("detail", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_by", models.UUIDField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
                ("verdict", models.CharField(default="", max_length=20)),
                ("finding", models.TextField(default="")),
                ("escalated_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["key", "-last_at"], name="alarm_by_key"),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["raised_at"],
                        name="alarm_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 3))), name="alarm_level_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_at__isnull", True), ("taken_by__isnull", True)),
                            models.Q(("taken_at__isnull", False), ("taken_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="alarm_taken_by_and_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("closed_by__isnull", True),
                                ("finding", ""),
                                ("verdict", ""),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                models.Q(("verdict", ""), _negated=True),
                                models.Q(("finding", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="alarm_closed_with_a_finding",
                    ),
                ],
            },
        ),
        MayChange(
            "kernel_alarm",
            "version",
            "level",
            "times",
            "last_at",
            "taken_at",
            "taken_by",
            "closed_at",
            "closed_by",
            "verdict",
            "finding",
            "escalated_at",
        ),
        AuditMayRead("kernel_alarm"),
    ]
