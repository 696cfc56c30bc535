"""What is written about an exam: the draft, signed versions, and the material they rest on."""

from django.db import models
from django.db.models import F, Q

from diagnostics.choices import MaterialKind, Outcome, ReportState
from diagnostics.models.request import ExamRequest
from kernel import ids


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
