"""Alarms, and the rules over the audit chain that raise them."""

from django.db import models
from django.db.models import Q

from kernel import ids


class Alarm(models.Model):
    """Something that must not happen was seen (告警): who, where, at what; somebody answers for it.

    `key` digests what the alarm is about, so that the same trouble within ten minutes counts up instead of
    ringing again. Ids and codes only. Nobody deletes one; it is taken over and closed with a finding.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    code = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField()
    key = models.BinaryField(max_length=32)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    actor_kind = models.TextField()
    actor_name = models.TextField()
    actor_id = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)
    address = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.TextField()
    patient = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    verdict = models.CharField(max_length=20, default="")
    finding = models.TextField(default="")
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="alarm_level_known"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="alarm_taken_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, verdict="", finding="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(verdict="") & ~Q(finding=""),
                name="alarm_closed_with_a_finding",
            ),
        ]
        indexes = [
            models.Index(fields=["key", "-last_at"], name="alarm_by_key"),
            models.Index(fields=["raised_at"], condition=Q(closed_at__isnull=True), name="alarm_open"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.raised_at:%Y-%m-%d %H:%M}"


class AlarmRule(models.Model):
    """A rule over the audit chain: so many within so many minutes is an alarm. Thresholds are data."""

    code = models.CharField(primary_key=True, max_length=60)
    enabled = models.BooleanField(default=True)
    threshold = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    seen_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=1), name="alarm_rule_counts_something"),
            models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="alarm_rule_within_a_day"),
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="alarm_rule_level_known"),
        ]

    def __str__(self) -> str:
        return self.code
