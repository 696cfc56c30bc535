"""Machines that act: API clients and DICOM application entities."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from consortium.choices import AE_TITLE
from kernel import ids
from kernel.guarded import Guarded


class ApiClient(Guarded):
    """A system that calls the APIs with client credentials. `generation` grows to revoke every token given out."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    client_id = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="api_clients"
    )
    below = models.BooleanField(default=False)
    scopes = ArrayField(models.CharField(max_length=100))
    clearance = models.PositiveSmallIntegerField(default=4)
    secret_hash = models.BinaryField(max_length=32)
    signing_key_sealed = models.BinaryField()
    generation = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    guarded = (
        "client_id", "organisation", "below", "scopes", "clearance", "secret_hash", "generation", "is_active",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(clearance__gte=0, clearance__lte=5), name="client_clearance_is_a_label"
            ),
        ]

    def __str__(self) -> str:
        return self.client_id


class ApplicationEntity(models.Model):
    """A DICOM application entity (AE title): which institution its studies come from and where it listens.

    `title` as PS3.5 table 6.2-1 has it (AE: 16 characters at most, no backslash, no control character, blanks at the
    ends without meaning), in capitals: titles that differ in case only are one. `stores`: its images are taken; without
    it only the test of the connection (C-ECHO) is answered.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    title = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="application_entities"
    )
    department = models.ForeignKey(
        "consortium.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="application_entities",
    )
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(null=True, blank=True)
    stores = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(title__regex=AE_TITLE), name="ae_title_shape"),
            models.CheckConstraint(
                condition=Q(host="", port__isnull=True) | (~Q(host="") & Q(port__gte=1, port__lte=65535)),
                name="ae_host_and_port_together",
            ),
        ]

    def __str__(self) -> str:
        return self.title
