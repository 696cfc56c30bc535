"""The insured visit and its settlements."""

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import F, Q

from insurance_bridge.choices import STANDING, SettlementStatus, VisitKind
from kernel import crypto, ids

PSN_NO: Final = "insurance_bridge_visit.psn_no"


class Visit(models.Model):
    """One visit as the insurance centre knows it (就诊): who is insured how, under which number."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    patient = models.ForeignKey("emr.Patient", on_delete=models.PROTECT, related_name="insured_visits")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    encounter_id = models.CharField(max_length=64, blank=True)
    referral_ref = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=12, choices=VisitKind)
    begun_at = models.DateTimeField()
    psn_no_sealed = models.BinaryField(null=True, blank=True)
    insutype = models.CharField(max_length=6, blank=True)
    insured_region = models.CharField(max_length=6, blank=True)
    balance = models.BigIntegerField(default=0)
    identities = models.JSONField(default=list)
    mdtrt_id = models.CharField(max_length=30, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VisitKind.values), name="visit_kind_known"),
            models.UniqueConstraint(
                fields=["mdtrt_id"], condition=~Q(mdtrt_id=""), name="visit_number_of_the_centre_unique"
            ),
            models.UniqueConstraint(
                fields=["organisation", "encounter_id"],
                condition=~Q(encounter_id=""),
                name="visit_once_per_encounter",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-begun_at", "-id"], name="visits_of_hospital")]

    def __str__(self) -> str:
        return self.mdtrt_id or str(self.pk)

    @property
    def psn_no(self) -> str:
        """The centre's number of the person (人员编号), opened; "" before the centre was asked."""
        return crypto.unseal(PSN_NO, self.pk, self.psn_no_sealed) if self.psn_no_sealed else ""

    @psn_no.setter
    def psn_no(self, number: str) -> None:
        self.psn_no_sealed = crypto.seal(PSN_NO, self.pk, number) if number else None


class Settlement(models.Model):
    """One settlement of a visit (结算); amounts in integer cents, in the order of the slip."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    version = models.PositiveIntegerField(default=1)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="settlements")
    organisation = models.ForeignKey("consortium.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=SettlementStatus, default=SettlementStatus.REQUESTED)
    batch = models.CharField(max_length=30, unique=True)
    asked_total = models.BigIntegerField()
    use_account = models.BooleanField(default=False)
    setl_id = models.CharField(max_length=30, blank=True)
    cancel_setl_id = models.CharField(max_length=30, blank=True)
    day_date = models.DateField(null=True, blank=True)
    cancel_day_date = models.DateField(null=True, blank=True)
    insutype = models.CharField(max_length=6, blank=True)
    clr_type = models.CharField(max_length=6, blank=True)
    total = models.BigIntegerField(default=0)
    full_self_pay = models.BigIntegerField(default=0)
    first_self_pay = models.BigIntegerField(default=0)
    over_limit = models.BigIntegerField(default=0)
    in_scope = models.BigIntegerField(default=0)
    deductible = models.BigIntegerField(default=0)
    pool = models.BigIntegerField(default=0)
    critical = models.BigIntegerField(default=0)
    assistance = models.BigIntegerField(default=0)
    other = models.BigIntegerField(default=0)
    account = models.BigIntegerField(default=0)
    cash = models.BigIntegerField(default=0)
    rules = models.CharField(max_length=40, blank=True)
    refusal = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("consortium.Staff", on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SettlementStatus.values), name="settlement_status_known"
            ),
            models.UniqueConstraint(
                fields=["visit"], condition=Q(status__in=STANDING), name="settlement_one_standing_per_visit"
            ),
            models.UniqueConstraint(
                fields=["setl_id"], condition=~Q(setl_id=""), name="settlement_posted_once"
            ),
            models.UniqueConstraint(
                fields=["cancel_setl_id"], condition=~Q(cancel_setl_id=""), name="cancellation_posted_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    total=F("pool") + F("critical") + F("assistance") + F("other") + F("account") + F("cash")
                ),
                name="settlement_parts_make_the_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["settled", "paid", "cancelling", "cancelled"])
                | Q(settled_at__isnull=False, day_date__isnull=False) & ~Q(setl_id=""),
                name="settlement_settled_with_number_and_day",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "day_date", "id"], name="settlements_of_day"),
            models.Index(fields=["organisation", "cancel_day_date", "id"], name="cancellations_of_day"),
        ]

    def __str__(self) -> str:
        return self.setl_id or self.batch

    @property
    def cash_yuan(self) -> Decimal:
        """What the patient pays, in yuan."""
        return Decimal(self.cash) / 100
