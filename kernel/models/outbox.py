"""Events written with a change, and their deliveries."""

from django.db import models
from django.db.models import Q


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
