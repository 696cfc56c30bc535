"""Seals of signed papers."""

from django.db import models
from django.db.models import Q

from kernel import ids


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
