"""Messages to the insurance centre: committed before anything leaves, kept with their answers."""

from django.db import models
from django.db.models import Q

from insurance_bridge.choices import MessageStatus
from kernel import ids


class Message(models.Model):
    """One transaction with the centre. `request` and `reply` are sealed; a resend uses the same bytes."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    msgid = models.CharField(max_length=30, unique=True)
    infno = models.CharField(max_length=5)
    subject = models.UUIDField()
    visit = models.ForeignKey(
        "insurance_bridge.Visit", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    settlement = models.ForeignKey(
        "insurance_bridge.Settlement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    request = models.BinaryField()
    status = models.CharField(max_length=12, choices=MessageStatus, default=MessageStatus.COMMITTED)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    reply = models.BinaryField(null=True, blank=True)
    reference = models.CharField(max_length=30, blank=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MessageStatus.values), name="message_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["success", "fail", "quarantine"]) | Q(answered_at__isnull=False),
                name="message_judged_only_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(posted_at__isnull=True) | Q(answered_at__isnull=False),
                name="message_posted_only_with_an_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "created_at"],
                condition=Q(posted_at__isnull=True),
                name="messages_to_advance",
            ),
            models.Index(fields=["subject", "infno", "-created_at"], name="messages_of_subject"),
        ]

    def __str__(self) -> str:
        return self.msgid
