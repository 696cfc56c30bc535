"""A referral leg."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kernel import ids
from referral.choices import (
    TERMINAL,
    UNSENT,
    ConsentBasis,
    ConsentWay,
    Direction,
    FollowUp,
    Kinship,
    NoPlan,
    Priority,
    RejectCode,
    Status,
)

UNFINISHED = ("draft", "expired", "died", "entered_in_error")
"""States in which a form may stand that was never finished."""


class Referral(models.Model):
    """One leg of a two-way referral (双向转诊单): a patient goes from one institution to another.

    `due_at` is when the present state is late and stays so; `call_at` is when the clock comes next: first then, after
    each escalation a while later.
    `bed` or `pool` is the place last kept: a bed by name, or one of a ward's counted beds or a clinic's slots. What is
    kept now is asked of capacity. `unrelated`: an emergency went outside of the referral relations.
    `doctor` is empty where a hospital outside sends: it names `outside_doctor` and its own `outside_number`.
    `accepted_by` is empty where a hospital outside accepted. `opens_protected`: the patient agreed on the form that
    specially protected data is shown too. `published`: what the repository and the grounds have been told so far, so
    that a step tells only what changed.

    `person`: who the patient is, as the index says; `doubled`: two records of one person were merged and another leg
    to the same department is open. `advice_only` (只求指导): the sender asks for advice, not for a bed. `criteria`:
    what the table of criteria said when the form was written (`services.form.judging`).
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.CharField(max_length=20, unique=True)
    version = models.PositiveIntegerField(default=1)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="referrals")
    person = models.ForeignKey("emr.Person", on_delete=models.PROTECT, null=True, related_name="+")
    doubled = models.BooleanField(default=False)
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
    doctor = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outside_doctor = models.CharField(max_length=120, blank=True)
    outside_number = models.CharField(max_length=64, blank=True)
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
    treatment = models.CharField(max_length=2000, blank=True)
    illness = models.CharField(max_length=500, blank=True)
    regimen = models.CharField(max_length=300, blank=True)
    precautions = models.CharField(max_length=200, blank=True)
    consent = models.CharField(max_length=10, choices=ConsentBasis, blank=True)
    consent_way = models.CharField(max_length=6, choices=ConsentWay, blank=True)
    signer = models.CharField(max_length=40, blank=True)
    relation = models.CharField(max_length=10, choices=Kinship, blank=True)
    ink = models.ForeignKey(
        "kernel.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    advice_only = models.BooleanField(default=False)
    criteria = models.JSONField(default=dict, blank=True)
    opens_protected = models.BooleanField(default=False)
    outcome = models.CharField(max_length=500, blank=True)
    advice = models.CharField(max_length=500, blank=True)
    record_number = models.CharField(max_length=40, blank=True)
    results = models.CharField(max_length=500, blank=True)
    course = models.CharField(max_length=500, blank=True)
    rehabilitation = models.CharField(max_length=500, blank=True)
    follow_up = models.CharField(max_length=5, choices=FollowUp, blank=True)
    no_plan = models.CharField(max_length=15, choices=NoPlan, blank=True)
    no_plan_words = models.CharField(max_length=200, blank=True)
    supply = models.CharField(max_length=300, blank=True)
    team = models.CharField(max_length=60, blank=True)
    asked = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    ready = models.CharField(max_length=200, blank=True)
    reject_code = models.CharField(max_length=3, choices=RejectCode, blank=True)
    reject_text = models.CharField(max_length=200, blank=True)
    instead = models.CharField(max_length=200, blank=True)
    bed = models.ForeignKey(
        "consortium.Bed", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pool = models.ForeignKey("emr.Pool", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unrelated = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    discharged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    call_at = models.DateTimeField(null=True, blank=True)
    escalations = models.PositiveSmallIntegerField(default=0)
    expected_date = models.DateField(null=True, blank=True)
    eta_at = models.DateTimeField(null=True, blank=True)
    signature = models.JSONField(null=True, blank=True)
    published = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_protected=False) | Q(consent="patient"),
                name="referral_opened_by_the_patient",
            ),
            models.CheckConstraint(
                condition=Q(doctor__isnull=False) | ~Q(outside_doctor=""), name="referral_sent_by_a_doctor"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="referral_leaves_its_source"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="referral_status_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="referral_direction_known"
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="referral_priority_known"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | Q(accepted_at__isnull=False),
                name="referral_accepted_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "internal_review", "expired", "died", "entered_in_error"])
                | (Q(submitted_at__isnull=False) & ~Q(consent="")),
                name="referral_submitted_with_consent",
            ),
            models.CheckConstraint(
                condition=~Q(consent_way="screen") | Q(ink__isnull=False) | Q(status__in=UNFINISHED),
                name="referral_signed_on_the_screen",
            ),
            models.CheckConstraint(
                condition=Q(consent_way="")
                | ~Q(consent="relative")
                | (~Q(signer="") & ~Q(relation=""))
                | Q(status__in=UNFINISHED),
                name="referral_agreed_by_a_named_relative",
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
                condition=~Q(status="scheduled") | Q(bed__isnull=False) | Q(pool__isnull=False),
                name="referral_scheduled_with_a_place",
            ),
            models.CheckConstraint(
                condition=Q(bed__isnull=True) | Q(pool__isnull=True), name="referral_has_one_place"
            ),
            models.CheckConstraint(
                condition=Q(follow_up="plan", no_plan="")
                | Q(follow_up="none", no_plan__in=NoPlan.values) & ~Q(no_plan_words="")
                | Q(follow_up="", no_plan=""),
                name="referral_without_a_plan_says_why",
            ),
            models.CheckConstraint(
                condition=Q(discharged_at__isnull=True) | Q(discharged_at__gte=F("arrived_at")),
                name="referral_discharged_after_arriving",
            ),
            models.CheckConstraint(
                condition=~Q(status="rehab_active") | Q(receiving_doctor__isnull=False),
                name="referral_followed_by_a_doctor",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted({*TERMINAL, *UNSENT})) | Q(person__isnull=False),
                name="referral_open_of_somebody",
            ),
            models.UniqueConstraint(
                fields=["source", "outside_number"],
                condition=~Q(outside_number=""),
                name="referral_once_per_outside_number",
            ),
            models.UniqueConstraint(
                fields=["person", "department", "direction"],
                condition=~Q(status__in=sorted({*TERMINAL, *UNSENT})) & Q(doubled=False),
                nulls_distinct=False,
                name="referral_one_open_per_department",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "direction"],
                condition=~Q(status__in=sorted({*TERMINAL, *UNSENT})),
                name="referrals_open_of_person",
            ),
            models.Index(fields=["person"], condition=Q(direction="down"), name="referrals_down_of_person"),
            models.Index(fields=["target", "status", "due_at", "id"], name="referrals_received_open"),
            models.Index(fields=["source", "status", "due_at", "id"], name="referrals_sent_open"),
            models.Index(fields=["patient", "-created_at", "-id"], name="referrals_of_patient"),
            models.Index(fields=["call_at"], condition=Q(call_at__isnull=False), name="referrals_by_call"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="referrals_by_due_time"),
        ]

    def __str__(self) -> str:
        return self.number
