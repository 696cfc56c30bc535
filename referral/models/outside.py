"""Hospitals outside: what they said by telephone, where they are reached, the messages with them."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import Activity, Bound, MessageState
from referral.models.leg import Referral


class Telephoned(models.Model):
    """Who at a hospital outside said what by telephone: beside the history entry that staff wrote down for it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="telephoned")
    version = models.PositiveIntegerField()
    told_by = models.CharField(max_length=120)
    told_at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)
    written_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="telephoned_once_per_step"),
            models.CheckConstraint(condition=~Q(told_by=""), name="telephoned_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.told_by


class Peer(models.Model):
    """Where a hospital outside takes messages, and the key it knows us by. Without one it is told by telephone."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.OneToOneField("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    address = models.URLField(max_length=300)
    token_sealed = models.BinaryField()
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address


class PeerMessage(models.Model):
    """One message with a hospital outside. Sent: committed before anything leaves, its bytes never change, kept with
    the answer. Received: once per `header` (MessageHeader.id) of an institution."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    way = models.CharField(max_length=3, choices=Bound)
    activity = models.CharField(max_length=6, choices=Activity)
    header = models.CharField(max_length=64)
    body_sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.DUE)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "way", "header"], name="message_once_per_header"),
            models.CheckConstraint(condition=Q(way__in=Bound.values), name="message_way_known"),
            models.CheckConstraint(condition=Q(activity__in=Activity.values), name="message_activity_known"),
            models.CheckConstraint(
                condition=Q(state="due", due_at__isnull=False, settled_at__isnull=True)
                | Q(state__in=["taken", "refused"], due_at__isnull=True, settled_at__isnull=False),
                name="message_due_or_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="messages_due"),
            models.Index(fields=["referral", "id"], name="messages_of_leg"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.header}"
