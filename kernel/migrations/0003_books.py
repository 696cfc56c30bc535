"""Closed months, checks and weekly reports of the audit chain; the rules alarms are raised by."""

from typing import ClassVar

from django.db import migrations, models

import kernel.ids
from kernel.database.operations import AppendOnly, AuditMayRead, TakeAway


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("kernel", "0002_alarm"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="AlarmRule",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("enabled", models.BooleanField(default=True)),
                ("threshold", models.PositiveIntegerField()),
                ("minutes", models.PositiveIntegerField()),
                ("level", models.PositiveSmallIntegerField()),
                ("seen_until", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("rows", models.BigIntegerField(default=0)),
                ("expected", models.BigIntegerField(default=0)),
                ("checkpoints", models.IntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("sound", models.BooleanField(null=True)),
                ("findings", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="AuditClosing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField(unique=True)),
                ("body", models.TextField()),
                ("signature", models.JSONField()),
                ("closed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("week_date", models.DateField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("body", models.JSONField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="alarmrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("threshold__gte", 1)), name="alarm_rule_counts_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__range", (1, 1440))), name="alarm_rule_within_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__range", (1, 3))), name="alarm_rule_level_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("sound__isnull", True)),
                    models.Q(("finished_at__isnull", False), ("sound__isnull", False)),
                    _connector="OR",
                ),
                name="audit_check_ends_with_a_word",
            ),
        ),
        # Only the owner takes a month offline.
        TakeAway("kernel_auditclosing", "INSERT"),
        AppendOnly("kernel_auditclosing"),
        AuditMayRead("kernel_auditclosing"),
        AppendOnly("kernel_auditreport"),
        AuditMayRead("kernel_auditreport"),
        TakeAway("kernel_alarmrule", "INSERT, DELETE"),
    ]
