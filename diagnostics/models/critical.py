"""Critical values and who was called for them."""

from django.db import models
from django.db.models import Q

from diagnostics.choices import CriticalAction, Rung
from diagnostics.models.report import Report
from diagnostics.models.request import ExamRequest, pair
from kernel import ids


class CriticalValue(models.Model):
    """A critical value (危急值) told to a named doctor, who reads it back; until then one after another is called.

    `call_at`: when the clock comes next, empty until the first call; `escalations`: how often it came.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="critical")
    request = models.ForeignKey(ExamRequest, on_delete=models.PROTECT, related_name="criticals")
    text = models.CharField(max_length=200)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_back = models.CharField(max_length=200, blank=True, default="")
    action = models.CharField(max_length=12, choices=CriticalAction, blank=True, default="")
    escalations = models.PositiveSmallIntegerField(default=0)
    call_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(acknowledged_at__isnull=True), name="criticals_to_read_back"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=pair("acknowledged"), name="critical_acknowledged_by_and_at"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | (~Q(read_back="") & ~Q(action="")),
                name="critical_is_read_back_in_words",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CriticalCall(models.Model):
    """Somebody who was called because nobody had read a critical value back; append-only.

    `number`: the how manieth time the clock came; `rung`: as what she was called; `telephone`: hers on the roster.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    critical = models.ForeignKey(CriticalValue, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField()
    rung = models.CharField(max_length=8, choices=Rung)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    telephone = models.CharField(max_length=30, blank=True, default="")
    called_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["critical", "number", "staff"], name="critical_call_once_each_time"
            ),
            models.CheckConstraint(condition=Q(rung__in=Rung.values), name="critical_call_rung_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="critical_call_is_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.critical_id} {self.number}"
