"""Orders that were carried out, by their keys."""

from django.db import models


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
