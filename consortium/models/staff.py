"""People who work here, what for, and when they can be reached."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Q, Value, When

from consortium.choices import MANAGERS, WORKING_SIDE, Duty, Licence, Role, Title
from kernel import clock, ids
from kernel.guarded import Guarded


class StaffManager(BaseUserManager["Staff"]):
    """Finds by user name; makes nobody: accounts are made by services.create_staff."""


class Staff(AbstractBaseUser):
    """One person with one account. There is no superuser and no permission beside the acting post's role."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=20, blank=True)
    id_number_sealed = models.BinaryField(null=True, blank=True)
    id_number_index = models.BinaryField(max_length=32, null=True, blank=True, unique=True)
    phone_sealed = models.BinaryField(null=True, blank=True)
    licence = models.CharField(max_length=20, choices=Licence, default=Licence.NONE)
    licence_number = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=20, choices=Title, default=Title.NONE)
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    last_login = None

    USERNAME_FIELD = "username"

    objects = StaffManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(username__regex=r"^[a-z][a-z0-9_.-]{2,39}$"), name="staff_username_shape"
            ),
            models.CheckConstraint(condition=Q(licence__in=Licence.values), name="staff_licence_known"),
            models.CheckConstraint(condition=Q(title__in=Title.values), name="staff_title_known"),
            models.CheckConstraint(
                condition=Q(id_number_sealed__isnull=True, id_number_index__isnull=True)
                | Q(id_number_sealed__isnull=False, id_number_index__isnull=False),
                name="staff_id_number_sealed_and_indexed",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(is_active=False), name="staff_who_left_is_not_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Post(Guarded):
    """What somebody is there for: one role at one organisation for a time. The acting post decides all rights.

    `side` is the role for the three managers and "work" for everybody else; the database refuses two sides
    of one person at one time, whoever asks at once (三员分立).
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="posts"
    )
    department = models.ForeignKey(
        "consortium.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    below = models.BooleanField(default=False)
    clearance = models.PositiveSmallIntegerField()
    period = DateRangeField()
    side = models.GeneratedField(
        expression=Case(
            When(role__in=sorted(MANAGERS), then=F("role")),
            default=Value(WORKING_SIDE),
            output_field=models.CharField(max_length=20),
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )
    given_at = models.DateTimeField(auto_now_add=True)
    given_by = models.CharField(max_length=60)
    ended_by = models.CharField(max_length=60, blank=True)

    guarded = (
        "staff", "role", "organisation", "department", "below", "clearance", "period", "given_by", "ended_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="post_role_known"),
            models.CheckConstraint(
                condition=Q(clearance__gte=0, clearance__lte=5), name="post_clearance_is_a_label"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=sorted(MANAGERS)) | Q(clearance__lte=1),
                name="post_manager_reads_nothing_clinical",
            ),
            ExclusionConstraint(
                name="post_one_side_per_person",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="post_given_once_at_a_time",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="post_by_place_and_role")]

    def __str__(self) -> str:
        return f"{self.role} @ {self.organisation_id}"

    @property
    def runs(self) -> bool:
        """Whether the post counts today."""
        return not self.period.isempty and clock.today() in self.period


class DutyShift(models.Model):
    """Somebody on the roster with the telephone that is answered."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    organisation = models.ForeignKey(
        "consortium.Organisation", on_delete=models.PROTECT, related_name="duty_shifts"
    )
    department = models.ForeignKey(
        "consortium.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="duty_shifts"
    )
    duty = models.CharField(max_length=20, choices=Duty)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="duty_shifts")
    telephone = models.CharField(max_length=30)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(duty__in=Duty.values), name="duty_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(telephone=""), name="duty_has_a_telephone"),
        ]
        indexes = [
            models.Index(fields=["organisation", "ends_at", "starts_at"], name="duty_by_place_and_time")
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.starts_at:%Y-%m-%d %H:%M}"
