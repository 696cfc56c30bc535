"""Use of beds and slots under exclusion constraints, and the places that have a number only."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from emr.capacity.choices import DAYS_MOST, MOST, Origin, Part, PoolKind, Use
from kernel import ids


class Pool(models.Model):
    """Places without names: a ward's empty beds of a kind (男床, 女床, 加床), or a clinic's slots of half a day (号源).

    `places`: beds that are empty, the kept ones included; or slots given to the branches. Each has a number from 1,
    and a use of the pool takes one of them. `returned_at`: what was not taken went back to the hospital.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    department = models.ForeignKey("consortium.Department", on_delete=models.PROTECT, related_name="pools")
    kind = models.CharField(max_length=6, choices=PoolKind)
    day_date = models.DateField(null=True, blank=True)
    part = models.CharField(max_length=9, choices=Part, blank=True)
    places = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=5, choices=Origin)
    told_by = models.CharField(max_length=150)
    told_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PoolKind.values), name="pool_kind_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="pool_origin_known"),
            models.CheckConstraint(condition=Q(places__lte=MOST), name="pool_of_so_many"),
            models.CheckConstraint(
                condition=Q(kind=PoolKind.CLINIC, day_date__isnull=False, part__in=Part.values)
                | (~Q(kind=PoolKind.CLINIC) & Q(day_date__isnull=True, part="", returned_at__isnull=True)),
                name="pool_of_slots_has_a_half_day",
            ),
            models.UniqueConstraint(
                fields=["department", "kind", "day_date", "part"],
                nulls_distinct=False,
                name="pool_once_per_ward_and_half_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day_date or ''} {self.part}".strip()


class Quota(models.Model):
    """Slots a clinic gives the branches on one half day of every week (号源池)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    department = models.ForeignKey("consortium.Department", on_delete=models.PROTECT, related_name="quotas")
    weekday = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=9, choices=Part)
    places = models.PositiveSmallIntegerField()
    opens_days = models.PositiveSmallIntegerField()
    returns_days = models.PositiveSmallIntegerField()
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="quota_weekday"),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="quota_part_known"),
            models.CheckConstraint(condition=Q(places__lte=MOST), name="quota_of_so_many"),
            models.CheckConstraint(
                condition=Q(opens_days__lte=DAYS_MOST, returns_days__lt=F("opens_days")),
                name="quota_opens_before_it_returns",
            ),
            models.UniqueConstraint(fields=["department", "weekday", "part"], name="quota_once_per_half_day"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.part}"


class BedUse(models.Model):
    """One use of one place over one period (床位占用): a bed by name, or one number of a pool.

    Two uses of a place never overlap, and one source has one open use whatever its kind: PostgreSQL sees to it.
    A hold ends by itself at the end of its period; `ended_at` says that somebody ended it.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    bed = models.ForeignKey(
        "consortium.Bed", on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, null=True, blank=True, related_name="uses")
    unit = models.PositiveSmallIntegerField(null=True, blank=True)
    patient = models.ForeignKey(
        "emr.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="bed_uses"
    )
    use = models.CharField(max_length=10, choices=Use)
    period = DateTimeRangeField()
    source = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="bed_is_used_once_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="number_is_used_once_at_a_time",
                expressions=[
                    ("pool", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(ended_at__isnull=True), name="bed_use_open_once"
            ),
            models.CheckConstraint(
                condition=Q(bed__isnull=False, pool__isnull=True, unit__isnull=True)
                | Q(bed__isnull=True, pool__isnull=False, unit__gte=1),
                name="bed_use_of_a_bed_or_a_number",
            ),
            models.CheckConstraint(condition=Q(use__in=Use.values), name="bed_use_known"),
            models.CheckConstraint(
                condition=Q(use__in=[Use.CLEANING, Use.BLOCKED], patient__isnull=True)
                | Q(use__in=[Use.HELD, Use.OCCUPIED], patient__isnull=False),
                name="bed_is_held_and_occupied_by_a_patient",
            ),
            models.CheckConstraint(
                condition=~Q(use=Use.HELD) | Q(ended_at__isnull=False) | Q(period__endswith__isnull=False),
                name="bed_hold_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["patient"], name="bed_use_of_patient"),
            models.Index(fields=["created_at"], condition=Q(ended_at__isnull=True), name="bed_uses_open"),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.source}"
