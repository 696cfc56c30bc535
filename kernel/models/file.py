"""Bytes in the store."""

from django.db import models
from django.db.models import Q

from kernel import ids


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
