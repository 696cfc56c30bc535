"""What the receiving desk keeps beside a leg: guides of its departments, the invitation, signs of an arrival."""

from django.db import models
from django.db.models import Q

from kernel import ids
from referral.choices import ArrivalSign, ProposalState
from referral.models.leg import Referral


class Guide(models.Model):
    """Where a department receives referred patients, whom they phone, what they bring (就诊指引)."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    department = models.OneToOneField("consortium.Department", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    place = models.CharField(max_length=120)
    telephone = models.CharField(max_length=30)
    bring = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(telephone=""), name="guide_says_where_and_whom"
            ),
        ]

    def __str__(self) -> str:
        return self.place


class Invitation(models.Model):
    """What came with the answer (到诊须知): the guide as it stood then, the time, the desk's own words. One per leg."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="invitation")
    place = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    bring = models.CharField(max_length=200, blank=True)
    words = models.CharField(max_length=200, blank=True)
    come_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.place


class ArrivalProposal(models.Model):
    """An expected patient was registered or seen here: perhaps this leg's arrival. A person confirms it, or not."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="proposals")
    sign = models.CharField(max_length=12, choices=ArrivalSign)
    reference = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    noticed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "consortium.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "sign", "reference"], name="proposal_once_per_sign"),
            models.UniqueConstraint(
                fields=["referral"], condition=Q(state="open"), name="proposal_open_once_per_leg"
            ),
            models.CheckConstraint(condition=Q(sign__in=ArrivalSign.values), name="proposal_sign_known"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | Q(state__in=["confirmed", "dismissed"], settled_at__isnull=False),
                name="proposal_settled_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign} {self.reference}"
