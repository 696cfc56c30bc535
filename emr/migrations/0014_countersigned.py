"""An assistant's prescription waits for a physician's signature; what was refused or void stays so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kernel.database.operations import MayChange

ENDS = """
DROP TRIGGER prescription_stays ON emr_prescription;
CREATE TRIGGER prescription_stays BEFORE UPDATE ON emr_prescription FOR EACH ROW
    WHEN (OLD.status IN ('void', 'refused') AND NEW.status <> OLD.status
          OR OLD.status = 'signed' AND NEW.status NOT IN ('signed', 'void'))
    EXECUTE FUNCTION emr_prescription_stays();
"""
BACK = """
DROP TRIGGER prescription_stays ON emr_prescription;
CREATE TRIGGER prescription_stays BEFORE UPDATE ON emr_prescription
    FOR EACH ROW WHEN (OLD.status = 'void' AND NEW.status <> 'void') EXECUTE FUNCTION emr_prescription_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consortium", "0012_notices_told_again"),
        ("emr", "0013_fhir_id_checked_cheaply"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="prescription",
            name="prescription_status_known",
        ),
        migrations.RemoveConstraint(
            model_name="prescription",
            name="prescription_void_by_whom_when_and_why",
        ),
        migrations.AddField(
            model_name="prescription",
            name="needs_second",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="prescription",
            name="second",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="prescription",
            name="second_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="prescription",
            name="second_words",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="prescription",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting", "awaiting countersignature"),
                    ("signed", "signed"),
                    ("refused", "countersignature refused"),
                    ("void", "void"),
                ],
                default="signed",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="prescription",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["organisation", "signed_at"],
                name="prescriptions_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "signed", "refused", "void"])),
                name="prescription_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "void"),
                        ("void_reason__in", ["mistake", "changed", "refused", "missing"]),
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
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("needs_second", True), ("second__isnull", True), ("status", "waiting")),
                    models.Q(
                        ("needs_second", True),
                        ("second__isnull", False),
                        ("status", "refused"),
                        models.Q(("second_words", ""), _negated=True),
                    ),
                    models.Q(("needs_second", False), ("status", "signed")),
                    models.Q(("second__isnull", False), ("status", "signed")),
                    ("status", "void"),
                    _connector="OR",
                ),
                name="prescription_of_an_assistant_is_signed_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("second__isnull", True), ("second_at__isnull", True)),
                    models.Q(("needs_second", True), ("second__isnull", False), ("second_at__isnull", False)),
                    _connector="OR",
                ),
                name="prescription_second_by_whom_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second__isnull", True),
                    models.Q(("second", models.F("doctor")), _negated=True),
                    _connector="OR",
                ),
                name="prescription_second_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(("second_words", ""), ("status", "refused"), _connector="OR"),
                name="prescription_refused_with_words",
            ),
        ),
        MayChange(
            "emr_prescription",
            "status",
            "version",
            "second_id",
            "second_at",
            "second_words",
            "voided_at",
            "voided_by_id",
            "void_reason",
            "void_words",
        ),
        migrations.RunSQL(ENDS, BACK),
    ]
