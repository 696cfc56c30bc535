"""Persons of the county and the hospitals' records of them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from emr.index.choices import ChangeKind, IdKind, NoIdReason, Sex
from kernel import ids


class Person(models.Model):
    """One human being (主索引). What identifies is sealed (SM4-GCM) and found through keyed hashes only."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    name_sealed = models.BinaryField()
    name_key = models.BinaryField(max_length=16)
    sex = models.CharField(max_length=1, choices=Sex)
    birth_date = models.DateField(null=True, blank=True)
    id_kind = models.CharField(max_length=20, choices=IdKind)
    id_sealed = models.BinaryField(null=True, blank=True)
    id_key = models.BinaryField(max_length=16, null=True, blank=True)
    no_id_reason = models.CharField(max_length=20, choices=NoIdReason, blank=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    phone_key = models.BinaryField(max_length=16, null=True, blank=True)
    address_sealed = models.BinaryField(null=True, blank=True)
    mother = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    unidentified = models.BooleanField(default=False)
    deceased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id_key"], condition=Q(id_key__isnull=False), name="person_has_its_document_alone"
            ),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="person_sex_of_gb_2261"),
            models.CheckConstraint(condition=Q(id_kind__in=IdKind.values), name="person_id_kind_known"),
            models.CheckConstraint(
                condition=Q(id_kind=IdKind.NONE, id_key__isnull=True, id_sealed__isnull=True)
                | (~Q(id_kind=IdKind.NONE) & Q(id_key__isnull=False, id_sealed__isnull=False)),
                name="person_with_a_document_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(mother__isnull=True) | ~Q(mother=F("id")), name="person_is_not_her_own_mother"
            ),
        ]
        indexes = [
            models.Index(fields=["name_key", "birth_date"], name="person_by_name_and_birth"),
            models.Index(fields=["phone_key"], name="person_by_phone", condition=Q(phone_key__isnull=False)),
            models.Index(
                fields=["-id"],
                name="person_without_document",
                include=["sex", "birth_date", "name_key", "phone_key"],
                condition=Q(id_key__isnull=True, birth_date__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Patient(models.Model):
    """One hospital's record of a person (患者); its id is the FHIR logical id of the Patient.

    `tokens` are keyed 64-bit hashes of (organisation, piece of the name), so one GIN probe finds the names of
    this hospital only, at any size of the county. Merging moves `person`, never a record.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="patients")
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="patients"
    )
    local_number = models.CharField(max_length=40)
    other_name_sealed = models.BinaryField(null=True, blank=True)
    tokens = ArrayField(models.BigIntegerField(), default=list)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=150)
    last_seen_at = models.DateTimeField()
    last_seen_by_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "local_number"], name="patient_number_unique_in_its_hospital"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-last_seen_at", "-id"], name="patient_list_of_hospital"),
            models.Index(fields=["last_seen_by_id", "-last_seen_at", "-id"], name="patient_list_of_doctor"),
            GinIndex(fields=["tokens"], name="patient_by_name_token", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.local_number


class PersonChange(models.Model):
    """A change of who is who: merge, unmerge, second name, correction. Append-only; undoing adds a row."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=ChangeKind)
    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind_known")
        ]
        indexes = [models.Index(fields=["patient", "-changed_at"], name="change_of_patient")]

    def __str__(self) -> str:
        return f"{self.kind} {self.changed_at:%Y-%m-%d}"


class LocalNumber(models.Model):
    """The last patient number a hospital gave; its row lock makes the next one."""

    organisation = models.OneToOneField(
        "consortium.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class SearchQuota(models.Model):
    """How often one actor searched in the present window; one row per actor and kind of search."""

    actor_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10)
    window_at = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_name", "kind"], name="quota_of_an_actor_is_one_row")
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.kind} {self.used}"
