"""Text messages to patients (短信)."""

from django.db import models
from django.db.models import Q

from consortium.choices import TextState
from kernel import ids


class TextMessage(models.Model):
    """One message to one telephone, once per `key`. The words are made of template and values when it is sent.

    `telephone_key` finds the number without opening it; `answer` is the gateway's own number of the message.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.CharField(max_length=120)
    template = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    telephone_sealed = models.BinaryField()
    telephone_key = models.BinaryField()
    patient_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=TextState, default=TextState.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=80, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "telephone_key"], name="text_once_per_event_and_telephone"
            ),
            models.CheckConstraint(condition=Q(state__in=TextState.values), name="text_state_known"),
            models.CheckConstraint(
                condition=Q(state="due", due_at__isnull=False, sent_at__isnull=True)
                | Q(state="sent", due_at__isnull=True, sent_at__isnull=False)
                | Q(state="failed", due_at__isnull=True, sent_at__isnull=True),
                name="text_due_sent_or_given_up",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="texts_due"),
            models.Index(fields=["-id"], name="texts_newest"),
        ]

    def __str__(self) -> str:
        return self.template
