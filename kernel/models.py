"""Tables of the floor: audit chain, alarms, outbox, idempotency keys, stored files."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from kernel import ids
from kernel.books import AlarmRule, AuditCheck, AuditClosing, AuditReport

__all__ = [
    "Alarm",
    "AlarmRule",
    "AuditCheck",
    "AuditClosing",
    "AuditEntry",
    "AuditLane",
    "AuditReport",
    "IdempotencyKey",
    "OutboxDelivery",
    "OutboxEvent",
    "StoredFile",
]

models.BinaryField.register_lookup(Length)


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


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction that made it happen. Ids only, no clinical text.

    `xid` is the writing transaction: an event is handed out once every older transaction has ended.
    """

    id = models.BigAutoField(primary_key=True)
    topic = models.TextField()
    stream = models.TextField()
    payload = models.JSONField()
    xid = models.BigIntegerField()
    emitted_at = models.DateTimeField()
    fanned_out_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(fanned_out_at__isnull=True),
                name="outbox_event_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.stream}"


class OutboxDelivery(models.Model):
    """One event for one handler. `done_at` is the receipt, in the transaction of the handler's effect."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.TextField()
    stream = models.TextField()
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

    class Meta:
        verbose_name_plural = "outbox deliveries"
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="outbox_delivers_once")]
        indexes = [
            models.Index(
                fields=["handler", "stream", "event"],
                condition=Q(done_at__isnull=True),
                name="outbox_delivery_waiting",
            ),
            models.Index(
                fields=["event", "id"],
                condition=Q(done_at__isnull=True),
                name="outbox_delivery_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"


class IdempotencyKey(models.Model):
    """A verb somebody ordered once: the same key again answers with the subject of the first time."""

    id = models.BigAutoField(primary_key=True)
    actor = models.TextField()
    verb = models.TextField()
    key = models.TextField()
    subject = models.UUIDField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "verb", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"


class StoredFile(models.Model):
    """Bytes in the store: size and SHA-256 of the plain content, taken while they arrived."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.BinaryField()
    label = models.PositiveSmallIntegerField()
    sealed = models.BooleanField()
    stored_at = models.DateTimeField()
    stored_by = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="stored_file_size_known"),
            models.CheckConstraint(condition=Q(label__range=(1, 5)), name="stored_file_label_known"),
            models.CheckConstraint(
                condition=Q(label__lt=4) | Q(sealed=True),
                name="stored_file_sealed_from_4",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.size})"


class PaperSeal(models.Model):
    """What was signed, by whom, with which kind of key; `token` finds it from the QR code on the paper.

    `digest` is SM3 over the paper's canonical bytes. The platform's key signs in the verb; a licensed CA with its
    time stamp follows (`ca_*`) where one is set up.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    token = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)
    subject = models.UUIDField()
    version = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    algorithm = models.CharField(max_length=40)
    key_id = models.CharField(max_length=80)
    value = models.CharField(max_length=400)
    provider = models.CharField(max_length=40)
    signed_at = models.DateTimeField()
    ca_state = models.CharField(max_length=8, default="none")
    ca_attempts = models.PositiveIntegerField(default=0)
    ca_due_at = models.DateTimeField(null=True, blank=True)
    ca_answer = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "version"], name="paper_sealed_once_a_version"
            ),
            models.CheckConstraint(
                condition=Q(ca_state__in=["none", "due", "done", "failed"]), name="paper_ca_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ca_state="done", ca_answer__isnull=False)
                | (~Q(ca_state="done") & Q(ca_answer__isnull=True)),
                name="paper_ca_done_with_its_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["ca_due_at", "id"], condition=Q(ca_state="due"), name="paper_waits_for_ca")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}/{self.version}"
