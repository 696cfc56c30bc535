"""Signed prescriptions: the app may only make one void, and a void one stays so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
from kernel.database.operations import MayChange

VOID_STAYS = """
CREATE FUNCTION emr_prescription_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a void prescription stays void' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER prescription_stays BEFORE UPDATE ON emr_prescription
    FOR EACH ROW WHEN (OLD.status = 'void' AND NEW.status <> 'void') EXECUTE FUNCTION emr_prescription_stays();
"""
VOID_MAY_GO = """
DROP TRIGGER prescription_stays ON emr_prescription;
DROP FUNCTION emr_prescription_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consortium", "0011_closing"),
        ("emr", "0010_following"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PrescriptionCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Prescription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.CharField(max_length=20, unique=True)),
                ("encounter_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("ordinary", "ordinary"), ("emergency", "emergency"), ("long", "long-term")],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("signed", "signed"), ("void", "void")], default="signed", max_length=8
                    ),
                ),
                ("content_sealed", models.BinaryField()),
                ("valid_date", models.DateField()),
                ("until_date", models.DateField()),
                ("signed_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "void_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mistake", "written by mistake"),
                            ("changed", "treatment changed"),
                            ("refused", "the patient does not want it"),
                            ("missing", "medicine not to be had"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("void_words", models.CharField(blank=True, default="", max_length=200)),
                (
                    "doctor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriptions",
                        to="consortium.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriptions",
                        to="emr.patient",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "-signed_at"], name="prescriptions_of_patient"),
                    models.Index(fields=["encounter_id"], name="prescriptions_of_encounter"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["ordinary", "emergency", "long"])),
                        name="prescription_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["signed", "void"])),
                        name="prescription_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status", "void"),
                                ("void_reason__in", ["mistake", "changed", "refused", "missing"]),
                                ("voided_at__isnull", False),
                                ("voided_by__isnull", False),
                            ),
                            models.Q(
                                ("status", "signed"),
                                ("void_reason", ""),
                                ("voided_at__isnull", True),
                                ("voided_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="prescription_void_by_whom_when_and_why",
                    ),
                ],
            },
        ),
        MayChange(
            "emr_prescription",
            "status",
            "version",
            "voided_at",
            "voided_by_id",
            "void_reason",
            "void_words",
        ),
        migrations.RunSQL(VOID_STAYS, VOID_MAY_GO),
    ]
