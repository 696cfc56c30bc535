"""Grounds, restrictions, openings, break-glass reviews."""

from django.db import models
from django.db.models import F, Q

from emr.access.choices import Basis, BreakGlassReason, Purpose, RuleSystem, Sensitive, Verdict
from kernel import ids, labels
from kernel.guarded import Guarded


class Ground(Guarded):
    """A standing reason why an organisation may read a person's records of every custodian (调阅依据).

    It is written down by what happened (encounter, exam, referral, consent, break-glass) and named by
    `source`, unique in the house. `department` and `staff` narrow it; `label` is the highest label it opens;
    `purpose` is what it opens for ("" = whatever the reader's post is for); `note` the law or the words behind it.
    """

    guarded = (
        *("patient", "organisation", "department", "staff", "basis", "source", "label", "purpose"),
        *("opened_at", "until_at", "closed_at"),
    )

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="grounds")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        "consortium.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    staff = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    basis = models.CharField(max_length=20, choices=Basis)
    source = models.CharField(max_length=120, unique=True)
    label = models.PositiveSmallIntegerField(default=labels.IDENTITY)
    purpose = models.CharField(max_length=20, choices=Purpose, blank=True)
    note = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="ground_basis_known"),
            models.CheckConstraint(condition=Q(label__range=(1, 5)), name="ground_label_of_five_levels"),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("opened_at")),
                name="ground_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["patient", "organisation"], name="ground_of_patient")]

    def __str__(self) -> str:
        return f"{self.basis} {self.source}"


class Restriction(models.Model):
    """What a person keeps from others (调阅限制): rows of `label` and above, for one organisation or for all
    but the custodian. Break-glass passes it and is reviewed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="restrictions")
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.CharField(max_length=120, unique=True)
    label = models.PositiveSmallIntegerField(default=labels.PUBLIC)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(label__range=(1, 5)), name="restriction_label_of_five_levels")
        ]
        indexes = [models.Index(fields=["patient"], name="restriction_of_patient")]

    def __str__(self) -> str:
        return self.source


class Opening(models.Model):
    """One actor opened one record on one basis (调阅记录). Written before the first byte is shown."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="openings")
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=150)
    session = models.CharField(max_length=64, blank=True)
    organisation_id = models.UUIDField(null=True, blank=True)
    basis = models.CharField(max_length=20, choices=Basis)
    purpose = models.CharField(max_length=20, choices=Purpose)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="opening_basis_known")
        ]
        indexes = [
            models.Index(fields=["actor_name", "patient", "-opened_at"], name="opening_by_actor"),
            models.Index(fields=["patient", "-opened_at"], name="opening_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.opened_at:%Y-%m-%d %H:%M}"


class BreakGlass(models.Model):
    """A record opened without another basis (紧急调阅), until somebody of 医务科 has judged it.

    `review_place` is the institution whose 医务科 judges: the opener's, or the next above it that has one.
    `sensitive_reason`: why specially protected data was asked for as well ("" = it was not).
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    ground = models.OneToOneField(Ground, on_delete=models.PROTECT, related_name="break_glass")
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="break_glasses")
    opened_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    review_place = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=20, choices=BreakGlassReason)
    explanation = models.CharField(max_length=500)
    sensitive_reason = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.PENDING)
    verdict_text = models.CharField(max_length=500, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="break_glass_verdict_known"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="break_glass_reviewed_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("opened_by")),
                name="break_glass_judged_by_another",
            ),
        ]
        indexes = [models.Index(fields=["verdict", "due_at"], name="break_glass_waiting")]

    def __str__(self) -> str:
        return f"{self.reason} {self.opened_at:%Y-%m-%d %H:%M}"


class LabelRule(Guarded):
    """A line of the table of specially protected data: what begins, is called or is coded so gets `label`.

    Changed by two security managers only; ended, never deleted.
    """

    guarded = ("system", "value", "category", "label", "since_at", "until_at")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    system = models.CharField(max_length=10, choices=RuleSystem)
    value = models.CharField(max_length=60)
    category = models.CharField(max_length=20, choices=Sensitive)
    label = models.PositiveSmallIntegerField(default=labels.SENSITIVE)
    words = models.CharField(max_length=100, blank=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(system__in=RuleSystem.values), name="label_rule_system_known"),
            models.CheckConstraint(
                condition=Q(category__in=Sensitive.values), name="label_rule_category_known"
            ),
            models.CheckConstraint(condition=Q(label__range=(4, 5)), name="label_rule_protects"),
            models.CheckConstraint(condition=~Q(value=""), name="label_rule_names_something"),
            models.UniqueConstraint(
                fields=["system", "value"], condition=Q(until_at__isnull=True), name="label_rule_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.value} → {self.label}"


class LabelSweep(models.Model):
    """After a change of the table everything stored is looked through, piece by piece: how far that has come."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    asked_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    raised = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(finished_at__isnull=True), name="label_sweep_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
