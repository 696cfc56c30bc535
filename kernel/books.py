"""Tables about the audit chain and the alarms: closed months, checks, weekly reports, rules and how far they looked."""

from django.db import models
from django.db.models import Q

from kernel import ids


class AuditClosing(models.Model):
    """The signed end of the months that were taken offline: where each lane of the chain goes on.

    `body` is what is signed: the month, the last (sequence, mac) of each lane, the digest of the archive.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    month = models.DateField(unique=True)
    body = models.TextField()
    signature = models.JSONField()
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class AuditCheck(models.Model):
    """One verification of the whole chain that somebody asked for, and what it found."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    started_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    expected = models.BigIntegerField(default=0)
    checkpoints = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    sound = models.BooleanField(null=True)
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, sound__isnull=True)
                | Q(finished_at__isnull=False, sound__isnull=False),
                name="audit_check_ends_with_a_word",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.sound}"


class AuditReport(models.Model):
    """The audit manager's report of one week (Monday to Sunday in the county): numbers and codes, no names."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    week_date = models.DateField(unique=True)
    made_at = models.DateTimeField()
    body = models.JSONField()

    def __str__(self) -> str:
        return f"{self.week_date:%Y-%m-%d}"


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
