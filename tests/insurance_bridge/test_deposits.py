"""A deposit pays no more than was paid in, and what is left goes back to the patient once."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from consortium.models import Staff
from insurance_bridge import selectors, services
from insurance_bridge.choices import SettlementStatus
from insurance_bridge.models import Receipt, Settlement, Shift
from kernel import clock
from kernel.errors import Conflict, Invalid, Refused
from kernel.models import AuditEntry
from tests.factories.consortium import sign_in
from tests.factories.insurance import Centre
from tests.insurance_bridge.test_services import Desk, make_desk, settled

pytestmark = pytest.mark.django_db


def take(desk: Desk, amount: int, key: str = "d") -> None:
    services.take_deposit(by=desk.cashier, key=key, visit_id=desk.visit.pk, method="cash", amount=amount)


def pay(desk: Desk, settlement: Settlement, key: str = "p") -> Settlement:
    """The patient's share is taken from the deposit."""
    return services.take_payment(
        by=desk.cashier, key=key, settlement_id=settlement.pk, version=settlement.version, method="deposit"
    )


def give_back(desk: Desk, key: str = "b", method: str = "cash") -> None:
    services.return_deposit(by=desk.cashier, key=key, visit_id=desk.visit.pk, method=method)


def left(desk: Desk) -> int:
    return selectors.deposit_left(desk.visit.receipts.all())


def test_a_deposit_that_does_not_cover_the_share_pays_nothing(centre: Centre) -> None:
    desk = make_desk(centre)
    take(desk, 50000)
    settlement = settled(desk)

    with pytest.raises(Invalid) as short:
        pay(desk, settlement)

    settlement.refresh_from_db()
    assert settlement.status == SettlementStatus.SETTLED
    assert {name: str(words) for name, words in short.value.fields.items()} == {
        "method": "预交金只剩 ¥500.00，不够支付。请先补收预交金，或换一种支付方式。"
    }
    assert left(desk) == 50000


def test_the_share_comes_out_of_the_deposit_and_the_rest_goes_back_once(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    take(desk, settlement.cash + 12345)
    with pytest.raises(Conflict) as unpaid:
        give_back(desk)
    pay(desk, settlement)

    give_back(desk)
    give_back(desk)

    assert unpaid.value.code == "settlement_open"
    rows = list(desk.visit.receipts.order_by("received_at", "pk").values_list("kind", "method", "amount"))
    assert rows == [
        ("deposit", "cash", settlement.cash + 12345),
        ("payment", "deposit", settlement.cash),
        ("deposit_back", "cash", -12345),
    ]
    assert AuditEntry.objects.get(action="insurance.deposit_returned").detail == {"cents": 12345}
    with pytest.raises(Conflict) as nothing:
        give_back(desk, key="b2")
    assert nothing.value.code == "no_deposit"
    shift = selectors.shift_page(by=desk.cashier, shift_id=Shift.objects.get().pk)
    assert shift.cash == selectors.visits.yuan(settlement.cash)


def test_a_deposit_comes_and_goes_as_money(centre: Centre) -> None:
    desk = make_desk(centre)
    take(desk, 100)
    for verb, words in ((services.take_deposit, {"amount": 1}), (services.return_deposit, {})):
        with pytest.raises(Invalid):
            verb(by=desk.cashier, key="x", visit_id=desk.visit.pk, method="deposit", **words)  # type: ignore[operator]  # two verbs of one shape
    with pytest.raises(Refused):
        services.return_deposit(by=desk.clerk, key="x", visit_id=desk.visit.pk, method="cash")


def test_the_database_itself_gives_nothing_out_of_an_empty_deposit(centre: Centre) -> None:
    desk = make_desk(centre)
    take(desk, 100)
    (first,) = desk.visit.receipts.all()

    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(
            shift=first.shift,
            visit=desk.visit,
            kind="deposit_back",
            method="cash",
            amount=-101,
            received_at=clock.now(),
        )


def test_the_page_says_what_is_left_and_offers_to_give_it_back(centre: Centre) -> None:
    desk = make_desk(centre)
    take(desk, 20000)
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, Staff.objects.get(pk=desk.cashier.id))
    page = f"/insurance/visits/{desk.visit.pk}/"

    shown = client.get(page).text
    answer = client.post(f"{page}deposit/back/", {"method": "mobile", "key": "k"}, follow=True).text

    assert "余额 ¥200.00" in shown
    assert "¥200.00</button>" in shown
    assert "预交金余额已退还。" in answer
    assert "退预交金余额" not in answer
