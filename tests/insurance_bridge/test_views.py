"""What the cashier reads on the bill while the centre is silent, and when a colleague was faster."""

from datetime import timedelta

import pytest
from django.test import Client

from consortium.models import Staff
from insurance_bridge import services
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
