"""The audit chain: its lanes and entries, the months taken offline, checks and weekly reports."""

from django.db import models
from django.db.models import Q

from kernel import ids


class AuditLane(models.Model):
    """Head of one of the 64 chains the audit record is written in, so that no writer waits for another."""

    lane = models.PositiveSmallIntegerField(primary_key=True)
    sequence = models.BigIntegerField(default=0)
    mac = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(lane__lt=64), name="audit_lane_is_one_of_64")]

    def __str__(self) -> str:
        return f"{self.lane}:{self.sequence}"


class AuditEntry(models.Model):
    """Who did what to whose record, when, from where, and how it ended. Append-only, no foreign keys.

    `mac` is HMAC-SM3 over all other columns; `previous` is the `mac` of the entry before it in the lane.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    lane = models.PositiveSmallIntegerField()
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.TextField()
    actor_name = models.TextField()
    actor_id = models.UUIDField(null=True)
    post = models.UUIDField(null=True)
    organisation = models.UUIDField(null=True)
    roles = models.TextField()
    session = models.TextField()
    address = models.TextField()
    purpose = models.TextField()
    action = models.TextField()
    outcome = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.TextField()
    patient = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    previous = models.BinaryField()
    mac = models.BinaryField()

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [
            # One place in the chain, one entry: a unique index of each month (migration 0004).
            models.CheckConstraint(condition=Q(sequence__gt=0), name="audit_entry_counts_from_one"),
        ]
        indexes = [
            models.Index(
                fields=["patient", "id"],
                condition=Q(patient__isnull=False),
                name="audit_by_patient",
            ),
            models.Index(fields=["actor_name", "id"], name="audit_by_actor"),
            models.Index(
                fields=["subject_id", "id"],
                condition=~Q(subject_id=""),
                name="audit_by_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lane}:{self.sequence} {self.action}"


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
