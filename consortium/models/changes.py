"""Changes of rights that need two people, and narrowings: what a role may do less of somewhere."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from consortium.choices import Role, Verdict
from kernel import clock, ids
from kernel.guarded import Guarded


class Change(Guarded):
    """Something one person asked for and another one decides. Frozen once decided, by trigger as well.

    `proposed_by` is empty only where a signed paper (`paper`: its SM3 digest) spoke first. `payload` holds what
    the kind's `apply` is given, ids and codes; what identifies a person is sealed in it by the kind.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=40)
    subject = models.UUIDField(null=True, blank=True)
    payload = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    paper = models.CharField(max_length=64, blank=True)
    proposed_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="changes_proposed"
    )
    proposed_at = models.DateTimeField()
    proposed_for = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="changes"
    )
    verdict = models.CharField(max_length=12, choices=Verdict, default=Verdict.WAITING)
    decided_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="changes_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    guarded = (
        "kind", "subject", "payload", "reason", "paper", "proposed_by", "proposed_at", "proposed_for",
        "verdict", "decided_by", "decided_at", "answer", "version",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="change_verdict_known"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | Q(verdict=Verdict.WITHDRAWN, decided_by=F("proposed_by"))
                | ~Q(decided_by=F("proposed_by")),
                name="change_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.WAITING, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(verdict=Verdict.WAITING) & Q(decided_by__isnull=False) & Q(decided_at__isnull=False)),
                name="change_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False) | ~Q(paper=""), name="change_proposed_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="change_has_a_reason"),
        ]
        indexes = [
            models.Index(
                fields=["kind", "proposed_at"], condition=Q(verdict=Verdict.WAITING), name="change_waiting"
            ),
            models.Index(fields=["subject", "-proposed_at"], name="change_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.verdict}"


class Narrowing(Guarded):
    """What a role may not do somewhere, although the policy in code would allow it. It only ever takes away.

    Counts for actors in `role` ("" for every role) at `organisation`, in `department`, or for `staff`; an empty
    column does not limit it. `action` is one of the policy table of `model`, "*" for all of them.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    organisation = models.ForeignKey(
        "consortium.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="narrowings",
    )
    department = models.ForeignKey(
        "consortium.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="narrowings"
    )
    staff = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="narrowings"
    )
    model = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    period = DateRangeField()
    given_at = models.DateTimeField(auto_now_add=True)
    given_by = models.CharField(max_length=60)
    ended_by = models.CharField(max_length=60, blank=True)

    guarded = (
        "role", "organisation", "department", "staff", "model", "action", "period", "given_by", "ended_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=Role.values), name="narrowing_role_known"
            ),
            models.CheckConstraint(
                condition=~Q(role="")
                | Q(organisation__isnull=False)
                | Q(department__isnull=False)
                | Q(staff__isnull=False),
                name="narrowing_concerns_somebody",
            ),
            models.CheckConstraint(condition=~Q(model="") & ~Q(action=""), name="narrowing_takes_something"),
        ]

    def __str__(self) -> str:
        return f"{self.role} − {self.model}.{self.action}"

    @property
    def runs(self) -> bool:
        """Whether it counts today."""
        return not self.period.isempty and clock.today() in self.period
