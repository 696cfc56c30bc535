"""A prescription is valid on its day, or for up to three days with a reason; what nobody countersigned ends so."""

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consortium", "0012_notices_told_again"),
        ("emr", "0015_closed_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="prescription",
            name="prescription_void_by_whom_when_and_why",
        ),
        migrations.AddField(
            model_name="prescription",
            name="valid_days",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="prescription",
            name="void_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("mistake", "written by mistake"),
                    ("changed", "treatment changed"),
                    ("refused", "the patient does not want it"),
                    ("missing", "medicine not to be had"),
                    ("lapsed", "not countersigned in time, written anew"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_days__range", (1, 3))),
                name="prescription_valid_three_days_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "void"),
                        ("void_reason__in", ["mistake", "changed", "refused", "missing", "lapsed"]),
                        ("voided_at__isnull", False),
                        ("voided_by__isnull", False),
                    ),
                    models.Q(
                        ("status__in", ["waiting", "signed", "refused"]),
                        ("void_reason", ""),
                        ("voided_at__isnull", True),
                        ("voided_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="prescription_void_by_whom_when_and_why",
            ),
        ),
        migrations.AddField(
            model_name="prescription",
            name="valid_until_date",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(
                            models.F("valid_date"), "+", models.F("valid_days")
                        ),
                        "-",
                        models.Value(1),
                    ),
                    output_field=models.DateField(),
                ),
                output_field=models.DateField(),
            ),
        ),
    ]
