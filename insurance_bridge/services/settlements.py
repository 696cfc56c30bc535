"""A settlement is a chain of messages (2401, 2301, 2304), each posted before the next is committed."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from insurance_bridge.choices import (
    CANCEL,
    MED_TYPE,
    SEND_FEES,
    SETTLE,
    SETTLEMENT_STEPS,
    STANDING,
    MessageStatus,
    ReceiptKind,
    SettlementEvent,
    SettlementStatus,
)
from insurance_bridge.engine.money import cents, text
from insurance_bridge.events import SettlementCancelled, SettlementPosted
from insurance_bridge.models import Message, Settlement, Visit
from insurance_bridge.policies import SETTLEMENT, VISIT
from insurance_bridge.services import ledger, messages, visits
from kernel import audit, clock, idempotency, ids, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.workflow import move

AMOUNTS = {
    "total": "medfee_sumamt",
    "full_self_pay": "fulamt_ownpay_amt",
    "first_self_pay": "preselfpay_amt",
    "over_limit": "overlmt_selfpay",
    "in_scope": "inscp_scp_amt",
    "deductible": "act_pay_dedc",
    "pool": "hifp_pay",
    "critical": "hifmi_pay",
    "assistance": "maf_pay",
    "other": "oth_pay",
    "account": "acct_pay",
    "cash": "psn_cash_pay",
}
"""Our columns and the fields of setlinfo they come from."""


@transaction.atomic
def request_settlement(*, by: Actor, key: str, visit_id: UUID, use_account: bool = False) -> Settlement:
    """Commit the settlement and its first message. Raises Conflict when one stands already.

    The insurance must have been checked: nobody pays in full because nobody asked.
    """
    visit = VISIT.fetch(by, "check", visit_id, lock=True)
    SETTLEMENT.ask(by, "request")
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="insurance.settle", key=key, subject=pk):
        return SETTLEMENT.fetch(by, "view", earlier)
    _may_settle(visit)
    total = visit.fee_lines.filter(voided_at__isnull=True).aggregate(sum=Sum("amount"))["sum"]
    if not total:
        raise Invalid(_("There is nothing to settle: this visit has no fee lines."), code="no_fees")
    settlement = Settlement.objects.create(
        id=pk,
        visit=visit,
        organisation=visit.organisation,
        batch=pk.hex[:30],
        asked_total=total,
        use_account=use_account,
        requested_at=clock.now(),
        requested_by_id=by.person,
    )
    if visit.mdtrt_id:
        send_fees(by, settlement.pk)
    else:
        visits.open_at_centre(by, visit)
    audit.record(by=by, action="insurance.settlement_requested", subject=settlement, patient=visit.patient_id)
    return settlement


def _may_settle(visit: Visit) -> None:
    if not visit.psn_no:
        raise Conflict(_("Check the insurance first."), code="not_checked")
    if visit.settlements.filter(status__in=STANDING).exists():
        raise Conflict(_("This visit is being settled or is settled already."), code="settled")


def post_opened(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """The answer to 2401/2201: the visit's number. A waiting settlement goes on with its fee lines."""
    visit = VISIT.fetch(by, "check", message.subject, lock=True)
    if not visit.mdtrt_id:
        visit.mdtrt_id = output["mdtrt_id"]
        visit.save(update_fields=["mdtrt_id"])
        audit.record(by=by, action="insurance.visit_numbered", subject=visit, patient=visit.patient_id)
    if message.settlement_id:
        send_fees(by, message.settlement_id)


def send_fees(by: Actor, settlement_id: UUID) -> None:
    """Commit 2301/2204: the fee lines the settlement stands on."""
    settlement = Settlement.objects.select_related("visit", "organisation").get(pk=settlement_id)
    visit = settlement.visit
    lines = visit.fee_lines.filter(voided_at__isnull=True).order_by("charged_at", "pk")
    detail = [
        {
            "feedetl_sn": line.pk.hex[:30],
            "mdtrt_id": visit.mdtrt_id,
            "psn_no": visit.psn_no,
            "med_list_codg": line.item_id,
            "fee_ocur_time": f"{clock.local(line.charged_at):%Y-%m-%d %H:%M:%S}",
            "cnt": str(line.quantity),
            "pric": text(line.price),
            "pric_uplmt_amt": text(line.price_limit) if line.price_limit is not None else "",
            "selfpay_prop": str(line.self_pay_ratio),
            "chrgitm_lv": line.fee_class,
            "det_item_fee_sumamt": text(line.amount),
        }
        for line in lines
    ]
    _commit(by, settlement, SEND_FEES[visit.kind], {"feedetail": detail})


def _commit(by: Actor, settlement: Settlement, infno: str, data: Mapping[str, Any]) -> Message:
    return messages.commit(
        by=by,
        infno=infno,
        organisation_id=settlement.organisation_id,
        subject=settlement.pk,
        data=data,
        visit=settlement.visit,
        settlement=settlement,
    )


def post_fees(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """The fee lines are at the centre: ask for the settlement (2304/2207)."""
    settlement = SETTLEMENT.fetch(by, "advance", message.subject, lock=True)
    visit = settlement.visit
    data = {
        "psn_no": visit.psn_no,
        "mdtrt_cert_type": "02",
        "med_type": MED_TYPE[visit.kind],
        "medfee_sumamt": text(settlement.asked_total),
        "psn_setlway": "01",
        "mdtrt_id": visit.mdtrt_id,
        "chrg_bchno": settlement.batch,
        "acct_used_flag": "1" if settlement.use_account else "0",
        "insutype": visit.insutype,
        "invono": "",
    }
    _commit(by, settlement, SETTLE[visit.kind], {"data": data})


def _of(by: Actor, message: Message) -> Settlement:
    """The settlement a message belongs to, locked."""
    return SETTLEMENT.fetch(by, "advance", str(message.settlement_id), lock=True)


def post_settlement(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """Post 2304/2207: amounts, ledger, number. An answer that does not add up is set aside, never posted (I4)."""
    settlement = _of(by, message)
    info = output.get("setlinfo") or {}
    if not _consistent(settlement, message, info):
        move(settlement, SettlementEvent.SET_ASIDE, SETTLEMENT_STEPS)
        settlement.save(update_fields=["status", "version"])
        message.status = MessageStatus.QUARANTINE
        message.save(update_fields=["status"])
        audit.record(by=by, action="insurance.answer_set_aside", subject=settlement, outcome="failure")
        return
    move(settlement, SettlementEvent.POST, SETTLEMENT_STEPS)
    for column, field in AMOUNTS.items():
        setattr(settlement, column, cents(info[field]))
    settlement.setl_id, settlement.rules = info["setl_id"], info.get("rules", "")
    settlement.insutype, settlement.clr_type = info["insutype"], info["clr_type"]
    settlement.settled_at, settlement.day_date = clock.now(), _day_at_centre(info)
    settlement.save()
    ledger.book(settlement, sign=1)
    audit.record(
        by=by,
        action="insurance.settled",
        subject=settlement,
        patient=settlement.visit.patient_id,
        detail={"setl_id": settlement.setl_id, "cents": settlement.total},
    )
    outbox.emit(SettlementPosted(settlement_id=str(settlement.pk)))


def _day_at_centre(info: Mapping[str, Any]) -> date:
    """The day on which the centre counts it (setl_time): an answer that came after midnight, or was looked up the
    day after, belongs to the day before. Ours where a region sends none."""
    said = info.get("setl_time") or ""
    return date.fromisoformat(said[:10]) if said else clock.today()


def _consistent(settlement: Settlement, message: Message, info: Mapping[str, Any]) -> bool:
    """Whether a settlement's answer is complete, is ours, and its parts make the whole."""
    needed = {"setl_id", "insutype", "clr_type", "fund_pay_sumamt", "medins_setl_id", *AMOUNTS.values()}
    if needed - {key for key, value in info.items() if value not in (None, "")}:
        return False
    amount = {column: cents(info[field]) for column, field in AMOUNTS.items()}
    fund = amount["pool"] + amount["critical"] + amount["assistance"] + amount["other"]
    return (
        info["medins_setl_id"] == message.msgid
        and amount["total"] == settlement.asked_total
        and fund == cents(info["fund_pay_sumamt"])
        and fund + amount["account"] + amount["cash"] == amount["total"]
    )


def refuse(by: Actor, message: Message, words: str) -> None:
    """The centre refuses a step of the settlement: nothing was settled, the cashier reads why."""
    settlement = (
        Settlement.objects.select_for_update().filter(pk=message.settlement_id or UUID(int=0)).first()
    )
    if settlement is None or settlement.status != SettlementStatus.REQUESTED:
        return
    move(settlement, SettlementEvent.REFUSE, SETTLEMENT_STEPS)
    settlement.refusal = words[:200]
    settlement.save(update_fields=["status", "version", "refusal"])
    audit.record(by=by, action="insurance.settlement_refused", subject=settlement, outcome="failure")


@transaction.atomic
def cancel_settlement(*, by: Actor, key: str, settlement_id: UUID, version: int, reason: str) -> Settlement:
    """Commit the cancellation (2305/2208) of a settlement. Its money goes back when the centre has agreed."""
    settlement = SETTLEMENT.fetch(by, "cancel", settlement_id, lock=True)
    if idempotency.first(by=by, verb="insurance.cancel", key=key, subject=settlement.pk):
        return settlement
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why the settlement is cancelled.")})
    move(settlement, SettlementEvent.ASK_CANCEL, SETTLEMENT_STEPS, version=version)
    settlement.cancel_reason = reason.strip()[:200]
    settlement.save(update_fields=["status", "version", "cancel_reason"])
    visit = settlement.visit
    data = {"setl_id": settlement.setl_id, "mdtrt_id": visit.mdtrt_id, "psn_no": visit.psn_no}
    _commit(by, settlement, CANCEL[visit.kind], {"data": data})
    audit.record(by=by, action="insurance.cancellation_asked", subject=settlement, patient=visit.patient_id)
    return settlement


def post_cancellation(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """Post 2305/2208: a new negative event beside the original (I10); what was paid is owed back."""
    settlement = _of(by, message)
    move(settlement, SettlementEvent.POST_CANCEL, SETTLEMENT_STEPS)
    settlement.cancel_setl_id = output["setlinfo"]["setl_id"]
    settlement.cancel_day_date = _day_at_centre(output["setlinfo"])
    settlement.save(update_fields=["status", "version", "cancel_setl_id", "cancel_day_date"])
    ledger.book(settlement, sign=-1)
    audit.record(by=by, action="insurance.cancelled", subject=settlement, patient=settlement.visit.patient_id)
    outbox.emit(SettlementCancelled(settlement_id=str(settlement.pk)))


def refuse_cancellation(by: Actor, message: Message, words: str) -> None:
    """The centre does not cancel: the settlement stands as before, and what was paid is not asked for again."""
    settlement = _of(by, message)
    paid = settlement.receipts.filter(kind=ReceiptKind.PAYMENT).exists()
    event = SettlementEvent.STAY_PAID if paid else SettlementEvent.REFUSE_CANCEL
    move(settlement, event, SETTLEMENT_STEPS)
    settlement.refusal = words[:200]
    settlement.save(update_fields=["status", "version", "refusal"])
    audit.record(by=by, action="insurance.cancellation_refused", subject=settlement, outcome="failure")
