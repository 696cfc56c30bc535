"""What the cashier reads on the bill while the centre is silent, and when a colleague was faster."""

from datetime import timedelta

import pytest
from django.test import Client

from consortium.models import Staff
from insurance_bridge import selectors, services
from insurance_bridge.models import Case
from kernel import clock
from tests.factories.consortium import sign_in
from tests.factories.insurance import Centre
from tests.insurance_bridge.test_services import Desk, make_desk, settled

pytestmark = pytest.mark.django_db


def window(desk: Desk) -> tuple[Client, str]:
    """The cashier's browser and the address of the bill."""
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, Staff.objects.get(pk=desk.cashier.id))
    return client, f"/insurance/visits/{desk.visit.pk}/"


def test_a_lost_answer_is_said_with_what_happens_next_and_when(centre: Centre, settings) -> None:  # type: ignore[no-untyped-def]  # the fixture's own type
    settings.INSURANCE_LATE_COMMIT = 86_400
    desk = make_desk(centre)
    client, page = window(desk)
    centre.control("fault", infno="2304", kind="drop_request")
    settlement = settled(desk)

    told = client.get(page).text

    (lost,) = settlement.messages.filter(status="unknown")
    assert f"{clock.local(lost.created_at):%H:%M} 发出的请求没有收到医保中心回信。请不要重复结算" in told
    assert f"{clock.local(lost.created_at + timedelta(days=1)):%m-%d %H:%M} 后自动重发" in told


def test_what_is_typed_into_the_bill_outlives_the_look_for_the_centres_answer(centre: Centre) -> None:
    desk = make_desk(centre)
    services.check_eligibility(by=desk.cashier, visit_id=desk.visit.pk)
    client, page = window(desk)

    told = client.get(page).text

    assert 'hx-trigger="every 2s"' in told
    for form in ("fee-form", "deposit-form"):
        assert f'id="{form}" hx-preserve' in told


def test_who_comes_second_is_not_told_to_put_something_right(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    client, page = window(desk)
    form = {"method": "cash", "version": settlement.version, "key": "a"}
    address = f"{page}settlements/{settlement.pk}/pay/"

    first, second = client.post(address, form), client.post(address, {**form, "key": "b"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "没有提交：" in second.text
    assert "请改正下列各处" not in second.text
    assert "已结清" in second.text


def test_a_shift_names_whose_each_receipt_is_and_says_that_it_is_open_over_midnight(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(centre)
    client, page = window(desk)
    services.take_deposit(by=desk.cashier, key="d", visit_id=desk.visit.pk, method="cash", amount=100)
    same_day = client.get("/insurance/shift/", follow=True).text
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=1))

    shift = selectors.shift_page(
        by=desk.cashier,
        shift_id=selectors.my_shift(by=desk.cashier).pk,  # type: ignore[union-attr]  # it is open
    )

    assert [(receipt.amount, card.id) for receipt, card in shift.receipts if card] == [
        (100, desk.visit.patient_id)
    ]
    assert f'<a href="{page}">' in same_day
    assert ("不关班那一天就不能关账" in same_day, shift.over_midnight) == (False, True)


def test_what_a_day_refuses_is_said_on_its_page(centre: Centre) -> None:
    desk = make_desk(centre)
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, Staff.objects.get(pk=desk.clerk.id))
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
    services.compare_day(by=desk.clerk, day_date=today)

    stale = client.post(f"/insurance/days/{today:%Y-%m-%d}/close/", {"version": "many"})
    early = client.post(f"/insurance/days/{tomorrow:%Y-%m-%d}/compare/")

    assert (stale.status_code, early.status_code) == (422, 422)
    assert "这一天还没到。" in early.text


def test_the_second_clerk_reads_the_case_that_her_colleague_ended_and_ends_no_other(centre: Centre) -> None:
    desk = make_desk(centre)
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, Staff.objects.get(pk=desk.clerk.id))
    two = [short_shift(desk, cash) for cash in (90, 0)]
    address = f"/insurance/days/{clock.today():%Y-%m-%d}/cases/{two[1].pk}/"
    order = {"note": "counted again: it was there", "version": two[1].version}

    first, second = client.post(address, order), client.post(address, order)

    assert (first.status_code, second.status_code) == (302, 409)
    assert "这笔差异已经结案。" in second.text
    assert second.context["page"].chosen.case == two[1]
    assert [case.status for case in Case.objects.order_by("opened_at")] == ["open", "resolved"]


def short_shift(desk: Desk, cash: int) -> Case:
    """The case of a shift in which money is missing; the next receipt opens another shift."""
    services.take_deposit(by=desk.cashier, key="", visit_id=desk.visit.pk, method="cash", amount=100)
    shift = selectors.my_shift(by=desk.cashier)
    assert shift is not None
    services.close_shift(
        by=desk.cashier,
        key="",
        shift_id=shift.pk,
        version=shift.version,
        counted_cash=cash,
        counted_mobile=0,
        note="missing",
    )
    return Case.objects.get(shift=shift)
