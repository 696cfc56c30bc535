"""What the house tells somebody."""

from django.db import models
from django.db.models import Q

from consortium.choices import NoticeLevel
from kernel import ids


class Notification(models.Model):
    """One message. `patient_id` is the FHIR logical id of the patient it concerns; names stay out of the text.

    `title` and `body` are its words in the county's language, as they were when it was made. `said` holds, by the name
    of the column, which message with which words that was (`kernel.said.kept`), for readers of another language; empty
    where the words are somebody's own, and in rows older than the column.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.CharField(max_length=120, unique=True)
    level = models.PositiveSmallIntegerField(choices=NoticeLevel)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    said = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=300, blank=True)
    patient_id = models.UUIDField(null=True, blank=True)
    made_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=NoticeLevel.values), name="notification_level_known"
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="/"), name="notification_opens_our_own_page"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NotificationRecipient(models.Model):
    """One person who is told, once per key.

    `replaced`: a later notice of the same matter stands in the bell instead; `times` of that one says how often the
    person was told by now.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="recipients")
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="notices")
    read_at = models.DateTimeField(null=True, blank=True)
    times = models.PositiveSmallIntegerField(default=1)
    replaced = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(times__gte=1), name="notice_told_once_at_least"),
            models.CheckConstraint(
                condition=Q(replaced=False) | Q(read_at__isnull=False), name="notice_replaced_waits_no_more"
            ),
            models.UniqueConstraint(fields=["notification", "staff"], name="notification_once_per_recipient"),
        ]
        indexes = [
            models.Index(fields=["staff"], condition=Q(read_at__isnull=True), name="notice_unread_by_staff"),
            models.Index(fields=["staff", "-id"], name="notice_by_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} → {self.staff_id}"
