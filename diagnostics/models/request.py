"""Exam items, requests and who reads them."""

from django.db import models
from django.db.models import Q

from diagnostics.choices import FeeState, Modality, Priority, Status
from kernel import ids


def pair(name: str) -> Q:
    """`<name>_at` and `<name>_by` are set together or not at all."""
    at, by = f"{name}_at__isnull", f"{name}_by__isnull"
    return Q(**{at: True, by: True}) | Q(**{at: False, by: False})


class ExamItem(models.Model):
    """An exam one can order (检查项目), with its turnaround limits in minutes."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    modality = models.CharField(max_length=4, choices=Modality)
    body_part = models.CharField(max_length=40, blank=True, default="")
    fee_code = models.CharField(max_length=32, blank=True, default="")
    needs_review = models.BooleanField(default=True)
    repeat_days = models.PositiveSmallIntegerField(default=0)
    minutes_emergency = models.PositiveIntegerField()
    minutes_urgent = models.PositiveIntegerField()
    minutes_routine = models.PositiveIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(modality__in=Modality.values), name="exam_item_modality_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccessionCounter(models.Model):
    """The running number of one prefix on one day; the row is the lock."""

    prefix = models.CharField(max_length=4)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="accession_counter_once_a_day")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.day:%y%m%d}"


class ExamRequest(models.Model):
    """A doctor asks a centre for one exam (检查申请单). `report_id` is its DiagnosticReport's logical id."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    accession_number = models.CharField(max_length=16, unique=True)
    report_id = models.UUIDField(default=ids.uuid7, unique=True, editable=False)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="exam_requests")
    encounter_id = models.UUIDField(null=True, blank=True)
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="requests")
    modality = models.CharField(max_length=4, choices=Modality)
    source = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="exams_requested"
    )
    centre = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="exams_read")
    requester = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    priority = models.CharField(max_length=12, choices=Priority)
    priority_rank = models.PositiveSmallIntegerField()
    fee_state = models.CharField(max_length=16, choices=FeeState)
    clinical_question = models.CharField(max_length=500)
    status = models.CharField(max_length=16, choices=Status, default=Status.REQUESTED)
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    examined_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    returned_reason = models.CharField(max_length=300, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancel_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["centre", "status", "priority_rank", "due_at"], name="exam_worklist"),
            models.Index(fields=["source", "-requested_at"], name="exam_source_recent"),
            models.Index(fields=["patient", "-requested_at"], name="exam_patient_recent"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="exam_status_known"),
            models.CheckConstraint(condition=Q(fee_state__in=FeeState.values), name="exam_fee_state_known"),
            models.CheckConstraint(condition=Q(modality__in=Modality.values), name="exam_modality_known"),
            models.CheckConstraint(
                condition=Q(priority=Priority.EMERGENCY, priority_rank=0)
                | Q(priority=Priority.URGENT, priority_rank=1)
                | Q(priority=Priority.ROUTINE, priority_rank=2),
                name="exam_priority_has_its_rank",
            ),
            models.CheckConstraint(
                condition=~Q(fee_state=FeeState.EMERGENCY) | Q(priority=Priority.EMERGENCY),
                name="exam_paid_later_only_in_emergency",
            ),
            models.CheckConstraint(condition=pair("registered"), name="exam_registered_by_and_at"),
            models.CheckConstraint(condition=pair("seen"), name="exam_seen_by_and_at"),
            models.CheckConstraint(
                condition=Q(status=Status.CANCELLED, cancelled_at__isnull=False, cancelled_by__isnull=False)
                | (~Q(status=Status.CANCELLED) & Q(cancelled_at__isnull=True, cancelled_by__isnull=True)),
                name="exam_cancelled_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.REQUESTED, Status.REGISTERED, Status.CANCELLED])
                | Q(examined_at__isnull=False, due_at__isnull=False),
                name="exam_read_only_when_examined",
            ),
        ]

    def __str__(self) -> str:
        return self.accession_number


class Claim(models.Model):
    """One reader holds one request (领取); `seen_at` is the last sign of life."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    request = models.ForeignKey(ExamRequest, on_delete=models.PROTECT, related_name="claims")
    reader = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(ended_at__isnull=True), name="one_claim_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.reader_id}"
