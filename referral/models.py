"""A referral leg with its form, history, attachments, plan and visits."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kernel import ids
from referral.choices import (
    TERMINAL,
    UNSENT,
    AttachmentKind,
    Behalf,
    ConsentBasis,
    Direction,
    Event,
    ItemState,
    Priority,
    RejectCode,
    Status,
)


class Referral(models.Model):
    """One leg of a two-way referral (双向转诊单): a patient goes from one institution to another."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.CharField(max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="referrals")
    direction = models.CharField(max_length=7, choices=Direction)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    source = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="referrals_sent"
    )
    source_department = models.ForeignKey(
        "consortium.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    target = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="referrals_received"
    )
    department = models.ForeignKey(
        "consortium.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    doctor = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    receiving_doctor = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.ROUTINE)
    encounter_id = models.CharField(max_length=64, blank=True)
    care_encounter_id = models.CharField(max_length=64, blank=True)
    diagnosis_code = models.CharField(max_length=20, blank=True)
    diagnosis = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    history = models.CharField(max_length=500, blank=True)
    treatment = models.CharField(max_length=500, blank=True)
    consent = models.CharField(max_length=10, choices=ConsentBasis, blank=True)
    outcome = models.CharField(max_length=500, blank=True)
    advice = models.CharField(max_length=500, blank=True)
    asked = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    ready = models.CharField(max_length=200, blank=True)
    reject_code = models.CharField(max_length=3, choices=RejectCode, blank=True)
    reject_text = models.CharField(max_length=200, blank=True)
    instead = models.CharField(max_length=200, blank=True)
    bed = models.ForeignKey(
        "consortium.Bed", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    escalations = models.PositiveSmallIntegerField(default=0)
    expected_date = models.DateField(null=True, blank=True)
    eta_at = models.DateTimeField(null=True, blank=True)
    paper_due_at = models.DateTimeField(null=True, blank=True)
    signature = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="referral_leaves_its_source"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="referral_status_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="referral_direction_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="referral_priority_known"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="referral_accepted_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "internal_review", "expired", "died", "entered_in_error"])
                | (Q(submitted_at__isnull=False) & ~Q(consent="")),
                name="referral_submitted_with_consent",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | (~Q(reject_code="") & ~Q(reject_text="") & ~Q(instead="")),
                name="referral_rejected_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="redirected") | ~Q(reject_text=""), name="referral_passed_on_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="managed_locally") | ~Q(advice=""), name="referral_advised_in_writing"
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(expected_date__isnull=False),
                name="referral_waits_until_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="info_requested") | ~Q(asked=[]), name="referral_asked_for_something"
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(bed__isnull=False), name="referral_scheduled_with_a_bed"
            ),
            models.UniqueConstraint(
                fields=["patient", "department", "direction"],
                condition=~Q(status__in=sorted({*TERMINAL, *UNSENT})),
                nulls_distinct=False,
                name="referral_one_open_per_department",
            ),
        ]
        indexes = [
            models.Index(fields=["target", "status", "due_at", "id"], name="referrals_received_open"),
            models.Index(fields=["source", "status", "due_at", "id"], name="referrals_sent_open"),
            models.Index(fields=["patient", "-created_at", "-id"], name="referrals_of_patient"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="referrals_by_due_time"),
        ]

    def __str__(self) -> str:
        return self.number


class HistoryEntry(models.Model):
    """One event of a leg; append-only, and replaying the entries gives the stored state.

    `staff` and `organisation` are empty for what the clock or the house itself did; `behalf` says for whom staff
    wrote it down; `due_at` is when the state was late from then on.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="entries")
    version = models.PositiveIntegerField()
    event = models.CharField(max_length=20, choices=Event)
    before = models.CharField(max_length=20, choices=Status)
    after = models.CharField(max_length=20, choices=Status)
    words = models.CharField(max_length=500, blank=True)
    behalf = models.CharField(max_length=10, choices=Behalf, blank=True)
    staff = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="history_one_entry_per_version"),
            models.CheckConstraint(condition=Q(event__in=Event.values), name="history_event_known"),
            models.CheckConstraint(
                condition=Q(staff__isnull=True, organisation__isnull=True)
                | Q(staff__isnull=False, organisation__isnull=False),
                name="history_by_staff_of_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.after}"


class FormVersion(models.Model):
    """The form as it was signed and sent; supplying more makes a new version, the old one stays."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="forms")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    signature = models.JSONField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="form_one_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} v{self.version}"


class Attachment(models.Model):
    """What goes along, by reference: a FHIR resource of the repository."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=20, choices=AttachmentKind)
    resource_id = models.CharField(max_length=64)
    title = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "kind", "resource_id"], name="attachment_once_per_leg"
            ),
            models.CheckConstraint(condition=Q(kind__in=AttachmentKind.values), name="attachment_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title


class PlanItem(models.Model):
    """One line of a down leg's plan (下一步治疗方案, 康复建议): done, or waived with a reason."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="plan")
    place = models.PositiveIntegerField()
    text = models.CharField(max_length=200)
    due_date = models.DateField()
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.DUE)
    result = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "place"], name="plan_item_one_per_place"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="plan_item_state_known"),
            models.CheckConstraint(
                condition=Q(state="due", done_at__isnull=True, done_by__isnull=True)
                | (~Q(state="due") & Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
                name="plan_item_ended_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return self.text
