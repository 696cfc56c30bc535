"""The organisation tree of the county and the places inside it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from consortium.choices import BedKind, IdentifierSystem, OrganisationKind
from kernel import ids


class Organisation(models.Model):
    """One institution of the consortium; `parent` makes the tree county bureau → head hospital → branch → village.

    `closes_date`: from this day on it is closed (`active` follows when the day has come). `version`: grows with each
    change of its facts.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40)
    pinyin = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    region_code = models.CharField(max_length=12)
    address = models.CharField(max_length=200, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)
    closes_date = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="organisation_is_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(region_code__regex=r"^\d{6}(\d{3}|\d{6})?$"), name="organisation_region_code"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=OrganisationKind.HEAD_HOSPITAL, active=True),
                name="organisation_one_head_hospital",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class OrganisationIdentifier(models.Model):
    """A code an organisation bears in one system for a time; codes change when institutions merge."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=20, choices=IdentifierSystem)
    value = models.CharField(max_length=40)
    period = DateRangeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(system__in=IdentifierSystem.values), name="identifier_system_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(system=IdentifierSystem.USCC, value__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}$")
                    | Q(system=IdentifierSystem.INSTITUTION, value__regex=r"^[0-9A-Z]{22}$")
                    | Q(system=IdentifierSystem.INSURANCE, value__regex=r"^[HP]\d{11}$")
                ),
                name="identifier_has_the_shape_of_its_system",
            ),
            ExclusionConstraint(
                name="identifier_one_per_system_at_a_time",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("system", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="identifier_names_one_organisation_at_a_time",
                expressions=[
                    ("system", RangeOperators.EQUAL),
                    ("value", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class Department(models.Model):
    """A department (科室) or centre of an organisation. `services`: what it offers those who refer, in words;
    `closes_date`: from this day on it is closed (`active` follows when the day has come and nothing hangs on it)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    specialty = models.CharField(max_length=20, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    services = models.CharField(max_length=200, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)
    closes_date = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="department_code_is_unique_inside")
        ]

    def __str__(self) -> str:
        return self.name


class Bed(models.Model):
    """A bed as a place. Who lies in it and whether it is free is asked of emr.capacity."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="beds")
    code = models.CharField(max_length=20)
    room = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=20, choices=BedKind, default=BedKind.GENERAL)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "code"], name="bed_code_is_unique_inside"),
            models.CheckConstraint(condition=Q(kind__in=BedKind.values), name="bed_kind_known"),
        ]

    def __str__(self) -> str:
        return self.code
