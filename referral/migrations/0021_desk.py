import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.ids
from kernel.database.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("consortium", "0010_working_time"),
        ("referral", "0020_printouts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="regimen",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.CreateModel(
            name="Reach",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sealed", models.BinaryField()),
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reach",
                        to="referral.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("question", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField()),
                (
                    "says",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("take", "take the patient"),
                            ("more", "ask for more first"),
                            ("stay", "can stay at the branch"),
                            ("other", "belongs to another department"),
                            ("higher", "needs a higher hospital"),
                        ],
                        max_length=6,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consortium.department",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinions",
                        to="referral.referral",
                    ),
                ),
                (
                    "specialist",
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
                    models.Index(
                        condition=models.Q(("says", "")),
                        fields=["department", "asked_at"],
                        name="opinions_open",
                    ),
                    models.Index(fields=["referral", "id"], name="opinions_of_leg"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", True), ("answered_by__isnull", True), ("says", "")
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                                ("says__in", ["take", "more", "stay", "other", "higher"]),
                            ),
                            _connector="OR",
                        ),
                        name="opinion_by_and_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("says", "")),
                        fields=("referral", "department"),
                        name="opinion_asked_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SigningRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "wanted",
                    models.CharField(
                        choices=[
                            ("free", "nobody's; a doctor may ask for it"),
                            ("junior", "those of doctors below attending (主治)"),
                            ("all", "every doctor's"),
                        ],
                        max_length=6,
                    ),
                ),
                ("set_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consortium.organisation",
                    ),
                ),
                (
                    "set_by",
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
                        fields=("organisation", "version"), name="signing_rule_one_per_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wanted__in", ["free", "junior", "all"])),
                        name="signing_rule_known",
                    ),
                ],
            },
        ),
        AppendOnly("referral_signingrule"),
    ]
