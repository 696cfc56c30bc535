"""What the doors of the insurance desk take and answer. Amounts are integer cents."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from insurance_bridge.choices import (
    CaseKind,
    CaseStatus,
    DayStatus,
    PaymentMethod,
    SettlementStatus,
    VisitKind,
)
from kernel.web.drf import KeyIn, PageIn, VersionIn


class VisitsIn(PageIn):
    """Visits of the acting institution."""


class VisitIn(KeyIn):
    """The insured visit of a patient whose record is open here."""

    patient_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=VisitKind.choices)


class FeeIn(KeyIn):
    """Charge an item."""

    item_code = serializers.CharField(max_length=20)
    quantity = serializers.DecimalField(max_digits=6, decimal_places=2, default=Decimal(1), required=False)


class SettleIn(KeyIn):
    use_account = serializers.BooleanField(required=False, help_text="Use the patient's personal account.")


class PayIn(VersionIn):
    method = serializers.ChoiceField(choices=PaymentMethod.choices)


class SettlementsIn(PageIn):
    status = serializers.ChoiceField(choices=SettlementStatus.choices, required=False)


class VisitOut(serializers.Serializer[Any]):
    """One insured visit. `checked_at`: when the centre said who is insured how."""

    id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    organisation_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=VisitKind.choices)
    begun_at = serializers.DateTimeField()
    insutype = serializers.CharField()
    visit_number = serializers.CharField(source="mdtrt_id", help_text="The centre's number of the visit.")
    checked_at = serializers.DateTimeField(allow_null=True)
    refusal = serializers.CharField()


class FeeOut(serializers.Serializer[Any]):
    """One fee line."""

    id = serializers.UUIDField()
    item_code = serializers.CharField(source="item_id")
    name = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=12, decimal_places=2)
    price = serializers.IntegerField()
    amount = serializers.IntegerField()
    voided_at = serializers.DateTimeField(allow_null=True)


class SettlementOut(serializers.Serializer[Any]):
    """One settlement, in the order of the slip. The answer of the centre comes by worker: ask again."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    visit_id = serializers.UUIDField()
    patient_id = serializers.UUIDField(source="visit.patient_id")
    organisation_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=SettlementStatus.choices)
    number = serializers.CharField(source="setl_id")
    asked_total = serializers.IntegerField()
    total = serializers.IntegerField()
    full_self_pay = serializers.IntegerField()
    first_self_pay = serializers.IntegerField()
    over_limit = serializers.IntegerField()
    in_scope = serializers.IntegerField()
    deductible = serializers.IntegerField()
    pool = serializers.IntegerField()
    critical = serializers.IntegerField()
    assistance = serializers.IntegerField()
    other = serializers.IntegerField()
    account = serializers.IntegerField()
    cash = serializers.IntegerField()
    refusal = serializers.CharField()
    requested_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class VisitPageOut(VisitOut):
    """One visit with its fee lines and its settlement."""

    fees = FeeOut(many=True)
    settlement = SettlementOut(allow_null=True)


class DayOut(serializers.Serializer[Any]):
    """One day of the acting institution."""

    date = serializers.DateField()
    status = serializers.ChoiceField(choices=DayStatus.choices)
    open_cases = serializers.IntegerField(source="open")
    compared_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class GroupOut(serializers.Serializer[Any]):
    """One insurance and clearing type of a day. `even`: the centre's total is ours."""

    insutype = serializers.CharField(source="group.insutype")
    clr_type = serializers.CharField(source="group.clr_type")
    number = serializers.IntegerField(source="group.number")
    total = serializers.IntegerField(source="group.total")
    fund = serializers.IntegerField(source="group.fund")
    account = serializers.IntegerField(source="group.account")
    even = serializers.BooleanField()


class CaseOut(serializers.Serializer[Any]):
    """One difference of a day."""

    id = serializers.UUIDField(source="case.id")
    version = serializers.IntegerField(source="case.version")
    kind = serializers.ChoiceField(choices=CaseKind.choices, source="case.kind")
    status = serializers.ChoiceField(choices=CaseStatus.choices, source="case.status")
    settlement_id = serializers.UUIDField(source="case.settlement_id", allow_null=True)
    ours = serializers.IntegerField(source="case.ours")
    theirs = serializers.IntegerField(source="case.theirs")


class ReconciliationOut(serializers.Serializer[Any]):
    """The reconciliation of one day; `status` is null when nobody has compared it yet."""

    date = serializers.DateField()
    status = serializers.ChoiceField(
        choices=DayStatus.choices, source="day.status", default=None, allow_null=True
    )
    groups = GroupOut(many=True)
    cases = CaseOut(many=True)
    open_cases = serializers.IntegerField()
    may_close = serializers.BooleanField()
