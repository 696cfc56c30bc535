"""What the doctors of both sides say to each other about a leg."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import Side
from referral.models.leg import Referral


class Comment(models.Model):
    """One thing said about a leg (沟通); written once, never changed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="comments")
    side = models.CharField(max_length=10, choices=Side)
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["sender", "receiver"]), name="comment_of_a_side"),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]
        indexes = [models.Index(fields=["referral", "id"], name="comments_of_leg")]

    def __str__(self) -> str:
        return self.text[:40]


class CommentReading(models.Model):
    """Somebody of the other side has seen a comment; the first time counts."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="readings")
    staff = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "staff"], name="comment_read_once")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.staff_id}"
