"""The repository's tables as Django sees them. Partitions and indexes are made by 0002_repository in SQL."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Resource(models.Model):
    """The current version of every FHIR resource, one partition per busy type.

    `content` holds the very bytes that are served, sealed for the kinds that identify a person and for
    labels from 4 up. `code` is the hash of the only coding of Resource.code (null: none or several),
    `date`/`date_hi` the span of its clinical date, `tok` and `ref` hashes of its search values and references.
    `managed_by` names the workflow that alone may write it ("" = free).
    """

    pid = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    updated = models.DateTimeField()
    deleted = models.BooleanField(default=False)
    patient_id = models.UUIDField(null=True)
    custodian_org = models.UUIDField(null=True)
    label = models.PositiveSmallIntegerField()
    categories = ArrayField(models.TextField())
    managed_by = models.CharField(max_length=40, default="")
    code = models.BigIntegerField(null=True)
    date = models.DateTimeField(null=True)
    date_hi = models.DateTimeField(null=True)
    tok = ArrayField(models.BigIntegerField())
    ref = ArrayField(models.BigIntegerField())
    content = models.BinaryField()

    class Meta:
        managed = False
        db_table = "emr_resource"

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}/_history/{self.version}"


class ResourceHistory(models.Model):
    """Superseded versions, append-only, partitioned by the month the version was made in."""

    pk = models.CompositePrimaryKey("kind", "id", "version")
    kind = models.CharField(max_length=40)
    id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    updated = models.DateTimeField()
    deleted = models.BooleanField()
    patient_id = models.UUIDField(null=True)
    custodian_org = models.UUIDField(null=True)
    label = models.PositiveSmallIntegerField()
    categories = ArrayField(models.TextField())
    managed_by = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        managed = False
        db_table = "emr_resource_history"

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}/_history/{self.version}"


class Identifier(models.Model):
    """Business identifiers of current resources: a 16-byte hash of (system, value), keyed for sealed kinds."""

    pk = models.CompositePrimaryKey("key", "kind", "pid")
    key = models.BinaryField(max_length=16)
    kind = models.CharField(max_length=40)
    pid = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "emr_ident"

    def __str__(self) -> str:
        return f"{self.kind} {self.pid}"
