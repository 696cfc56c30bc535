"""Exam items, requests, claims, drafts, signed report versions, materials, critical values."""

from django.db import models
from django.db.models import F, Q

from diagnostics.choices import (
    CriticalAction,
    FeeState,
    MaterialKind,
    Modality,
    Outcome,
    Priority,
    ReportState,
    Status,
)
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


class Draft(models.Model):
    """The report being written; one per request, kept when the claim is released."""

    request = models.OneToOneField(
        ExamRequest, on_delete=models.PROTECT, primary_key=True, related_name="draft"
    )
    version = models.PositiveIntegerField(default=1)
    findings = models.TextField(blank=True, default="")
    impression = models.TextField(blank=True, default="")
    advice = models.CharField(max_length=500, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    critical_text = models.CharField(max_length=200, blank=True, default="")
    writer = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    returned_reason = models.CharField(max_length=300, blank=True, default="")
    amend_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[*Outcome.values, ""]), name="draft_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class Report(models.Model):
    """One signed version of a report (报告版本). Append-only: a correction is a further version."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    request = models.ForeignKey(ExamRequest, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=ReportState)
    findings = models.TextField()
    impression = models.TextField()
    advice = models.CharField(max_length=500, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome)
    critical_text = models.CharField(max_length=200, blank=True, default="")
    amend_reason = models.CharField(max_length=300, blank=True, default="")
    writer = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    needs_review = models.BooleanField()
    signed_at = models.DateTimeField()
    signature_algorithm = models.CharField(max_length=40)
    signature_key = models.CharField(max_length=80)
    signature = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "version"], name="report_version_once"),
            models.CheckConstraint(
                condition=~Q(reviewer=F("writer")), name="report_reviewer_is_not_its_writer"
            ),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="report_outcome_known"),
            models.CheckConstraint(
                condition=Q(state=ReportState.PRELIMINARY)
                | Q(reviewer__isnull=False)
                | Q(needs_review=False),
                name="report_final_is_reviewed_where_it_must",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.CRITICAL) | ~Q(critical_text=""),
                name="report_critical_says_what",
            ),
            models.CheckConstraint(condition=~Q(impression=""), name="report_has_an_impression"),
            models.CheckConstraint(
                condition=~Q(state=ReportState.AMENDED) | ~Q(amend_reason=""),
                name="report_correction_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.version}"


class Material(models.Model):
    """What is read: an imaging study or an ECG recording, by the id its own room gave it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    request = models.ForeignKey(ExamRequest, on_delete=models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=16, choices=MaterialKind)
    ref = models.UUIDField()
    attached_at = models.DateTimeField()
    attached_by = models.CharField(max_length=150)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MaterialKind.values), name="material_kind_known"),
            models.UniqueConstraint(
                fields=["kind", "ref"],
                condition=Q(withdrawn_at__isnull=True),
                name="material_belongs_to_one_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}"


class CriticalValue(models.Model):
    """A critical value (危急值) told to a named doctor, who reads it back."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="critical")
    request = models.ForeignKey(ExamRequest, on_delete=models.PROTECT, related_name="criticals")
    text = models.CharField(max_length=200)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_back = models.CharField(max_length=200, blank=True, default="")
    action = models.CharField(max_length=12, choices=CriticalAction, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=pair("acknowledged"), name="critical_acknowledged_by_and_at"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | (~Q(read_back="") & ~Q(action="")),
                name="critical_is_read_back_in_words",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
