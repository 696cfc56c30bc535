"""Fee lines, typed by the cashier or made from a finished exam."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diagnostics import selectors as diagnostics
from insurance_bridge.choices import STANDING, FeeSource, VisitKind
from insurance_bridge.engine.money import cents, yuan
from insurance_bridge.models import FeeItem, FeeLine, Visit
from insurance_bridge.policies import FEE_ITEM, FEE_LINE, VISIT
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid


@transaction.atomic
def load_catalogue(*, by: Actor, items: Iterable[Mapping[str, Any]]) -> int:
    """Write the fee catalogue: code, name, initials, unit, price and limit in cents, class, ratio, exam item."""
    FEE_ITEM.ask(by, "load")
    rows = [FeeItem(**item) for item in items]
    fields = [field.name for field in FeeItem._meta.fields if not field.primary_key]
    FeeItem.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    audit.record(by=by, action="insurance.catalogue_loaded", detail={"count": len(rows)})
    return len(rows)


@transaction.atomic
def add_fee(*, by: Actor, key: str, visit_id: UUID, item_code: str, quantity: Decimal) -> FeeLine:
    """Charge an item to a visit. Raises Conflict while a settlement stands, Invalid for an unknown item."""
    visit = VISIT.fetch(by, "charge", visit_id, lock=True)
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="insurance.add_fee", key=key, subject=pk):
        return FEE_LINE.fetch(by, "view", earlier)
    return _charge(by, visit, _item(item_code), quantity, pk=pk)


def _item(code: str) -> FeeItem:
    item = FeeItem.objects.filter(pk=code).first()
    if item is None:
        raise Invalid(fields={"item": _("There is no such fee item.")})
    return item


def _charge(
    by: Actor, visit: Visit, item: FeeItem, quantity: Decimal, *, pk: UUID, exam: str = ""
) -> FeeLine:
    if visit.settlements.filter(status__in=STANDING).exists():
        raise Conflict(
            _("This visit is being settled or is settled. Cancel the settlement first."), code="settled"
        )
    if quantity <= 0 or quantity > 9999:
        raise Invalid(fields={"quantity": _("Give a quantity between 0.01 and 9999.")})
    line = FeeLine.objects.create(
        id=pk,
        visit=visit,
        item=item,
        name=item.name,
        quantity=quantity,
        price=item.price,
        price_limit=item.price_limit,
        fee_class=item.fee_class,
        self_pay_ratio=item.self_pay_ratio,
        amount=cents(yuan(quantity * Decimal(item.price) / 100)),
        source=FeeSource.EXAM if exam else FeeSource.TYPED,
        source_ref=exam,
        charged_at=clock.now(),
        charged_by=by.name,
    )
    audit.record(
        by=by,
        action="insurance.fee_charged",
        subject=line,
        patient=visit.patient_id,
        detail={"item": item.code, "cents": line.amount},
    )
    return line


@transaction.atomic
def void_fee(*, by: Actor, line_id: UUID) -> FeeLine:
    """Take a fee line back; it stays readable. Raises Conflict while a settlement stands."""
    line = FEE_LINE.fetch(by, "void", line_id, lock=True)
    visit = VISIT.fetch(by, "charge", line.visit_id, lock=True)
    if line.voided_at or visit.settlements.filter(status__in=STANDING).exists():
        raise Conflict(code="settled")
    line.voided_at, line.voided_by = clock.now(), by.name
    line.save(update_fields=["voided_at", "voided_by"])
    audit.record(by=by, action="insurance.fee_voided", subject=line, patient=visit.patient_id)
    return line


@transaction.atomic
def charge_exam(*, by: Actor, request_id: UUID) -> FeeLine | None:
    """Charge a finished exam to the patient's open visit at the place that made it, opening one if needed.

    None when the exam has no fee item, was charged already, or its visit is settled (then it is the next
    visit's): an exam is never lost because a bill is closed.
    """
    exam = diagnostics.billable(by=by, request_id=request_id)
    item = FeeItem.objects.filter(exam_item=exam.item_code).first()
    ref = str(request_id)
    if item is None or FeeLine.objects.filter(source_ref=ref, voided_at__isnull=True).exists():
        return None
    visit = _visit_for(by, exam.patient_id, exam.organisation_id)
    return _charge(by, visit, item, Decimal(1), pk=ids.uuid7(), exam=ref)


def _visit_for(by: Actor, patient_id: UUID, organisation_id: UUID) -> Visit:
    """The newest visit of the patient here without a standing settlement, locked; else a new one."""
    visit = (
        VISIT.rows(by, "charge")
        .select_for_update(of=("self",))
        .filter(patient=patient_id, organisation=organisation_id)
        .exclude(settlements__status__in=STANDING)
        .order_by("-begun_at", "-pk")
        .first()
    )
    if visit is None:
        visit = Visit.objects.create(
            patient_id=patient_id,
            organisation_id=organisation_id,
            kind=VisitKind.OUTPATIENT,
            begun_at=clock.now(),
        )
        audit.record(by=by, action="insurance.visit_opened", subject=visit, patient=patient_id)
    return visit
