"""A stay is checked, charged, settled, paid, cancelled, compared: against the real centre process."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from consortium.choices import IdentifierSystem, OrganisationKind, Role
from consortium.models import OrganisationIdentifier
from emr.index import selectors as index
from insurance_bridge import services
from insurance_bridge.choices import (
    CaseKind,
    MessageStatus,
    SettlementStatus,
    VisitKind,
)
from insurance_bridge.models import Case, FeeItem, LedgerEntry, Message, Settlement, Shift, Visit
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from tests.factories.consortium import actor_of, make_organisation, make_staff
from tests.factories.emr import make_patient
from tests.factories.insurance import Centre

pytestmark = pytest.mark.django_db

WORKER = Actor.system("insurance_bridge")
LOW = [
    {
        "psn_idet_type": "7019",
        "psn_type_lv": "1",
        "memo": "",
        "begntime": "2024-01-01",
        "endtime": "2099-12-31",
    }
]


@dataclass
class Desk:
    """A cashier and a clerk of the head hospital, and one insured inpatient."""

    cashier: Actor
    clerk: Actor
    visit: Visit


def work() -> None:
    """Let the worker run until nothing is due; leases of lost messages count as over."""
    for _round in range(12):
        Message.objects.filter(posted_at__isnull=True).update(lease_until=None)
        if not services.advance_due(by=WORKER):
            return


_numbers = iter(range(1, 900))


def make_desk(centre: Centre, *, identities: list[dict[str, str]] | None = None, **patient_is: Any) -> Desk:
    hospital = make_organisation(kind=OrganisationKind.HEAD_HOSPITAL)
    if not hospital.identifiers.filter(system=IdentifierSystem.INSURANCE).exists():
        OrganisationIdentifier.objects.create(
            organisation=hospital,
            system=IdentifierSystem.INSURANCE,
            value="H99012400001",
            period=("2020-01-01", None),
        )
    for code, price, limit, category, ratio in CATALOGUE:
        FeeItem.objects.get_or_create(
            code=code,
            defaults={
                "name": code,
                "initials": code,
                "unit": "次",
                "price": price,
                "price_limit": limit,
                "fee_class": category,
                "self_pay_ratio": ratio,
            },
        )
    patient = make_patient(organisation=hospital, **patient_is)
    cashier = actor_of(make_staff(Role.CASHIER, hospital))
    clerk = actor_of(make_staff(Role.INSURANCE_CLERK, hospital))
    who = index.identity(by=cashier, patient_id=patient.pk)
    centre.insure(certno=who.id_number, name=who.name, identities=identities or [])
    visit = services.open_visit(
        by=cashier, key=f"v{next(_numbers)}", patient_id=patient.pk, kind=VisitKind.INPATIENT
    )
    return Desk(cashier, clerk, visit)


CATALOGUE = (
    ("BED", 4000, None, "A", 0),
    ("STENT", 800000, None, "A", 0),
    ("DRUG-B", 33333, None, "B", "0.15"),
    ("OWN", 12000, None, "C", 0),
    ("LIMITED", 50000, 40000, "A", 0),
)


def charge(desk: Desk, code: str, quantity: str) -> None:
    services.add_fee(
        by=desk.cashier, key="", visit_id=desk.visit.pk, item_code=code, quantity=Decimal(quantity)
    )


def settled(desk: Desk) -> Settlement:
    services.check_eligibility(by=desk.cashier, visit_id=desk.visit.pk)
    work()
    charge(desk, "STENT", "1")
    charge(desk, "LIMITED", "2")
    settlement = services.request_settlement(by=desk.cashier, key=f"s{desk.visit.pk}", visit_id=desk.visit.pk)
    work()
    settlement.refresh_from_db()
    return settlement


def test_a_stay_with_welfare_identity_is_settled_and_booked(centre: Centre) -> None:
    desk = make_desk(centre, identities=LOW)
    settlement = settled(desk)
    desk.visit.refresh_from_db()
    assert settlement.status == SettlementStatus.SETTLED
    assert desk.visit.identities[0]["code"] == "7019"
    assert settlement.rules == "DEMO-COUNTY/2"
    assert settlement.total == 900000
    # in scope 8800.00, deductible 400: pool 8400 x 77 % = 6468.00; burden 2332.00; assistance 80 % = 1865.60
    assert (settlement.pool, settlement.assistance, settlement.cash) == (646800, 186560, 66640)
    entries = LedgerEntry.objects.filter(settlement=settlement)
    assert sum(entry.amount for entry in entries) == 0
    assert {entry.account: entry.amount for entry in entries}["hospital"] == -900000


def test_the_cashier_takes_payment_and_closes_her_shift(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    services.take_payment(
        by=desk.cashier, key="p", settlement_id=settlement.pk, version=settlement.version, method="cash"
    )
    shift = Shift.objects.get(cashier=desk.cashier.id)
    closed = services.close_shift(
        by=desk.cashier,
        key="c",
        shift_id=shift.pk,
        version=shift.version,
        counted_cash=settlement.cash,
        counted_mobile=0,
    )
    assert closed.closed_at is not None
    assert not Case.objects.filter(shift=shift).exists()


def test_a_drawer_that_differs_needs_a_note_and_becomes_a_case(centre: Centre) -> None:
    desk = make_desk(centre)
    services.take_deposit(by=desk.cashier, key="d", visit_id=desk.visit.pk, method="cash", amount=50000)
    shift = Shift.objects.get(cashier=desk.cashier.id)
    count = {"shift_id": shift.pk, "version": shift.version, "counted_cash": 49000, "counted_mobile": 0}
    with pytest.raises(Invalid) as unsaid:
        services.close_shift(by=desk.cashier, key="c", **{**count, "counted_mobile": 1000})
    services.close_shift(by=desk.cashier, key="c2", **count, note="ten yuan missing")
    with pytest.raises(Conflict) as again:
        services.close_shift(by=desk.cashier, key="c3", **count, note="ten yuan missing")
    case = Case.objects.get(shift=shift)
    assert (case.kind, case.ours, case.theirs) == (CaseKind.SHIFT, 50000, 49000)
    assert unsaid.value.fields == {
        "note": "实点与收据不符（现金 −10.00 元，移动支付 +10.00 元），请说明原因。"
    }
    assert again.value.code == "closed"


def test_a_settlement_is_cancelled_with_its_negative_event(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    services.cancel_settlement(
        by=desk.cashier, key="x", settlement_id=settlement.pk, version=settlement.version, reason="wrong item"
    )
    work()
    settlement.refresh_from_db()
    assert settlement.status == SettlementStatus.CANCELLED
    assert sum(entry.amount for entry in LedgerEntry.objects.filter(settlement=settlement)) == 0
    assert LedgerEntry.objects.filter(settlement=settlement, account="hospital").count() == 2
    charge(desk, "BED", "1")


@pytest.mark.parametrize("kind", ["drop_reply", "garbage", "http_500"])
def test_a_lost_answer_is_found_at_the_centre_and_adopted_once(centre: Centre, kind: str) -> None:
    desk = make_desk(centre)
    centre.control("fault", infno="2304", kind=kind)
    settlement = settled(desk)
    assert settlement.status == SettlementStatus.SETTLED
    mine = [row for row in centre.settlements() if row["chrg_bchno"] == settlement.batch]
    assert [row["setl_id"] for row in mine] == [settlement.setl_id]


def test_a_request_that_never_arrived_is_sent_again_with_the_same_bytes(centre: Centre) -> None:
    desk = make_desk(centre)
    centre.control("fault", infno="2304", kind="drop_request")
    settlement = settled(desk)
    assert settlement.status == SettlementStatus.SETTLED
    assert Message.objects.filter(settlement=settlement, infno="2304").count() == 1


def test_an_answer_that_does_not_add_up_is_set_aside(centre: Centre) -> None:
    desk = make_desk(centre)
    centre.control("fault", infno="2304", kind="wrong_sum")
    settlement = settled(desk)
    assert settlement.status == SettlementStatus.QUARANTINE
    assert Message.objects.get(settlement=settlement, infno="2304").status == MessageStatus.QUARANTINE
    assert not LedgerEntry.objects.filter(settlement=settlement).exists()


def test_an_answer_set_aside_is_taken_over_once_the_centre_says_what_it_holds(centre: Centre) -> None:
    desk = make_desk(centre)
    centre.control("fault", infno="2304", kind="wrong_sum")
    aside = settled(desk)

    order = {"by": desk.clerk, "settlement_id": aside.pk, "version": aside.version}
    services.look_again(**order, key="l")
    services.look_again(**order, key="l")
    work()

    aside.refresh_from_db()
    mine = [row for row in centre.settlements() if row["chrg_bchno"] == aside.batch]
    assert (aside.status, [row["setl_id"] for row in mine]) == (SettlementStatus.SETTLED, [aside.setl_id])
    assert aside.cash > 0
    with pytest.raises(Conflict):
        services.look_again(**order, key="l2")


def test_accepted_without_a_word_of_what_is_looked_up_and_never_counts_as_refused(centre: Centre) -> None:
    desk = make_desk(centre)
    centre.control("fault", infno="2304", kind="no_output")
    settlement = settled(desk)
    mine = [row for row in centre.settlements() if row["chrg_bchno"] == settlement.batch]
    assert settlement.status == SettlementStatus.SETTLED
    assert [row["setl_id"] for row in mine] == [settlement.setl_id]


def test_a_paid_settlement_the_centre_does_not_cancel_is_not_asked_to_be_paid_again(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    centre.control("plant", kind="missing", setl_id=settlement.setl_id)
    settlement = services.take_payment(
        by=desk.cashier, key="p", settlement_id=settlement.pk, version=settlement.version, method="cash"
    )
    services.cancel_settlement(
        by=desk.cashier, key="x", settlement_id=settlement.pk, version=settlement.version, reason="wrong item"
    )
    work()

    settlement.refresh_from_db()
    assert (settlement.status, bool(settlement.refusal)) == (SettlementStatus.PAID, True)


def test_an_uninsured_person_is_refused_in_words(centre: Centre) -> None:
    desk = make_desk(centre)
    stranger = make_patient(organisation=desk.visit.organisation)
    visit = services.open_visit(
        by=desk.cashier, key="other", patient_id=stranger.pk, kind=VisitKind.OUTPATIENT
    )
    services.check_eligibility(by=desk.cashier, visit_id=visit.pk)
    work()
    visit.refresh_from_db()
    assert visit.refusal == "未查询到参保信息"
    with pytest.raises(Conflict):
        services.request_settlement(by=desk.cashier, key="s2", visit_id=visit.pk)


def test_nothing_is_charged_to_a_settled_visit(centre: Centre) -> None:
    desk = make_desk(centre)
    settled(desk)
    with pytest.raises(Conflict):
        charge(desk, "BED", "1")


def test_tomorrow_cannot_be_compared(centre: Centre) -> None:
    desk = make_desk(centre)
    with pytest.raises(Invalid):
        services.compare_day(by=desk.clerk, day_date=clock.today() + timedelta(days=1))


def test_one_key_settles_once(centre: Centre) -> None:
    desk = make_desk(centre)
    first = settled(desk)
    again = services.request_settlement(by=desk.cashier, key=f"s{desk.visit.pk}", visit_id=desk.visit.pk)
    assert (again.pk, UUID(str(first.pk))) == (first.pk, first.pk)
