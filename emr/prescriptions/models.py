"""A signed prescription, and the counter of their numbers."""

from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from emr.prescriptions.choices import MOST_VALID, Kind, Status, VoidReason
from kernel import ids


class PrescriptionCounter(models.Model):
    """The running number of one day; the row is the lock."""

    day = models.DateField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day} {self.last}"


class Prescription(models.Model):
    """One sheet (处方), signed when it comes to be. What stands on it is sealed here and published as FHIR.

    Nothing of it changes afterwards but that it is made void: a trigger refuses all else. `valid_date`: the first
    day it may be dispensed, that of its signature; `valid_until_date` the last. `until_date`: the last day its
    medicines last. `needs_second`: an assistant wrote it where a physician of the house signs too; `second` is who did,
    or who refused with `second_words`.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="prescriptions")
    encounter_id = models.UUIDField()
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="prescriptions"
    )
    doctor = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.SIGNED)
    content_sealed = models.BinaryField()
    valid_date = models.DateField()
    valid_days = models.PositiveSmallIntegerField(default=1)
    valid_until_date = models.GeneratedField(
        expression=ExpressionWrapper(F("valid_date") + F("valid_days") - 1, output_field=models.DateField()),
        output_field=models.DateField(),
        db_persist=True,
    )
    until_date = models.DateField()
    signed_at = models.DateTimeField()
    needs_second = models.BooleanField(default=False)
    second = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_at = models.DateTimeField(null=True, blank=True)
    second_words = models.CharField(max_length=200, blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    void_reason = models.CharField(max_length=10, choices=VoidReason, blank=True, default="")
    void_words = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-signed_at"], name="prescriptions_of_patient"),
            models.Index(fields=["encounter_id"], name="prescriptions_of_encounter"),
            models.Index(
                fields=["organisation", "signed_at"],
                condition=Q(status="waiting"),
                name="prescriptions_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="prescription_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_days__range=(1, MOST_VALID)), name="prescription_valid_three_days_at_most"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="prescription_status_known"),
            models.CheckConstraint(
                condition=Q(
                    status=Status.VOID, voided_at__isnull=False, voided_by__isnull=False,
                    void_reason__in=VoidReason.values,
                )
                | Q(
                    status__in=[Status.WAITING, Status.SIGNED, Status.REFUSED], voided_at__isnull=True,
                    voided_by__isnull=True, void_reason="",
                ),
                name="prescription_void_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.WAITING, needs_second=True, second__isnull=True)
                | Q(status=Status.REFUSED, needs_second=True, second__isnull=False) & ~Q(second_words="")
                | Q(status=Status.SIGNED, needs_second=False)
                | Q(status=Status.SIGNED, second__isnull=False)
                | Q(status=Status.VOID),
                name="prescription_of_an_assistant_is_signed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True, second_at__isnull=True)
                | Q(needs_second=True, second__isnull=False, second_at__isnull=False),
                name="prescription_second_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | ~Q(second=F("doctor")), name="prescription_second_is_another"
            ),
            models.CheckConstraint(
                condition=Q(second_words="") | Q(status=Status.REFUSED), name="prescription_refused_with_words"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number
