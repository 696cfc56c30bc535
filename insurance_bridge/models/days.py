"""The day's reconciliation (日对账): our sums, the centre's word, a case for each difference."""

from django.db import models
from django.db.models import Q

from insurance_bridge.choices import CaseKind, CaseStatus, DayStatus
from kernel import ids


class Day(models.Model):
    """One institution's day. Closed means immutable: later corrections belong to a later day."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    status = models.CharField(max_length=10, choices=DayStatus, default=DayStatus.OPEN)
    compared_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "date"], name="day_once_per_institution"),
            models.CheckConstraint(condition=Q(status__in=DayStatus.values), name="day_status_known"),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True, closed_by__isnull=True)),
                name="day_closed_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}"


class Group(models.Model):
    """Sums of one insurance and clearing type on one day, in cents, with the centre's answers to 3201/3202."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="groups")
    insutype = models.CharField(max_length=6)
    clr_type = models.CharField(max_length=6)
    total = models.BigIntegerField()
    fund = models.BigIntegerField()
    account = models.BigIntegerField()
    number = models.PositiveIntegerField()
    total_result = models.CharField(max_length=10, blank=True)
    total_words = models.CharField(max_length=200, blank=True)
    upload_ref = models.CharField(max_length=30, blank=True)
    result_ref = models.CharField(max_length=30, blank=True)
    result_rows = models.PositiveIntegerField(null=True, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "insutype", "clr_type"], name="group_once_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.insutype}/{self.clr_type}"


class Case(models.Model):
    """One difference with owner, deadline and an end. `evidence` makes a repeated run find the same case.

    Sums in cents, ours and the centre's; `seen`: version of the day under which a comparison last showed it.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=14, choices=CaseKind)
    evidence = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN)
    settlement = models.ForeignKey(
        "insurance_bridge.Settlement", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    shift = models.ForeignKey(
        "insurance_bridge.Shift", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    setl_id = models.CharField(max_length=30, blank=True)
    msgid = models.CharField(max_length=30, blank=True)
    ours = models.BigIntegerField(default=0)
    theirs = models.BigIntegerField(default=0)
    ours_fund = models.BigIntegerField(default=0)
    theirs_fund = models.BigIntegerField(default=0)
    ours_account = models.BigIntegerField(default=0)
    theirs_account = models.BigIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "evidence"], name="case_once_per_evidence"),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_kind_known"),
            models.CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True)
                | (~Q(status="open") & Q(ended_at__isnull=False) & ~Q(note="")),
                name="case_ended_with_a_note",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at", "id"], name="cases_by_deadline")]

    def __str__(self) -> str:
        return f"{self.kind} {self.evidence}"
