"""One-use links by which a branch's own system opens a chart."""

from django.db import models

from kernel import ids


class Launch(models.Model):
    """A link that was used (病历调阅链接). Its token's number is unique: a second use finds it here."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    token_id = models.CharField(max_length=64)
    client_id = models.UUIDField()
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="launches")
    used_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "token_id"], name="launch_link_is_used_once")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.used_at:%Y-%m-%d %H:%M}"
