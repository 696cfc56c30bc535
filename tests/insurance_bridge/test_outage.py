"""The centre is away: it is asked ever more slowly, and in the end somebody reads so."""

import json
from datetime import timedelta

import pytest

from emr.index.choices import IdKind
from emr.index.engine.identity import check_digit
from insurance_bridge import services
from insurance_bridge.models import Day, Message
from insurance_bridge.services import messages
from kernel import clock
from kernel.errors import Invalid
from tests.factories.insurance import Centre
from tests.insurance_bridge.test_days import compared, quiet_but
from tests.insurance_bridge.test_services import charge, make_desk, work
from tests.insurance_bridge.test_views import window

pytestmark = pytest.mark.django_db

AWAY = "http://127.0.0.1:9/"
BORN = "19590312002"
DOCUMENTS = {
    IdKind.RESIDENT: (f"990124{BORN}{check_digit(f'990124{BORN}')}", "01"),
    IdKind.HK_MACAO_TAIWAN: (f"810000{BORN}{check_digit(f'810000{BORN}')}", "01"),
    IdKind.PERMANENT: ("FRA320087060818", "07"),
    IdKind.PASSPORT: ("E12345678", "08"),
}


def test_a_question_nobody_answers_ends_after_its_deadline_in_words(centre: Centre, settings) -> None:  # type: ignore[no-untyped-def]  # the fixture's own type
    desk = make_desk(centre)
    settings.INSURANCE_URL = AWAY
    services.check_eligibility(by=desk.cashier, visit_id=desk.visit.pk)
    work()
    waited = list(Message.objects.order_by("created_at").values_list("attempts", flat=True))
    assert waited == sorted(waited)
    assert waited[-1] > waited[0]  # a question asked anew keeps the count, and with it waits longer

    Message.objects.update(deadline_at=clock.now() - timedelta(seconds=1))
    work()

    assert not Message.objects.filter(posted_at__isnull=True).exists()
    desk.visit.refresh_from_db()
    assert desk.visit.refusal == "中心没有回应，请稍后再试。"


def test_an_outage_that_is_over_is_said_while_it_lasts_and_leaves_the_day_nothing_open(
    centre: Centre, settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]  # the fixture's own type
    desk, now, there = make_desk(centre), clock.now, settings.INSURANCE_URL
    services.check_eligibility(by=desk.cashier, visit_id=desk.visit.pk)
    work()
    charge(desk, "STENT", "1")
    client, page = window(desk)
    settlement = services.request_settlement(by=desk.cashier, key="", visit_id=desk.visit.pk)

    settings.INSURANCE_URL = AWAY
    work()
    told = client.get(page).text
    settings.INSURANCE_URL = there
    work()

    assert "医保中心还没有回应，系统会自动继续" in told
    settlement.refresh_from_db()
    assert (settlement.status, Message.objects.filter(status="unknown").exists()) == ("settled", True)
    quiet_but(centre, settlement.setl_id)
    assert compared(desk) == {}
    day = Day.objects.get()
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=1))
    assert services.close_day(by=desk.clerk, day_id=day.pk, version=day.version).status == "closed"


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_each_kind_of_document_is_named_to_the_centre_by_its_code(centre: Centre, kind: IdKind) -> None:
    number, code = DOCUMENTS[kind]
    desk = make_desk(centre, id_kind=kind, id_number=number)

    services.check_eligibility(by=desk.cashier, visit_id=desk.visit.pk)

    asked = json.loads(messages.body_of(Message.objects.get()))["input"]["data"]
    assert (asked["psn_cert_type"], asked["certno"]) == (code, number)
    work()
    desk.visit.refresh_from_db()
    assert (desk.visit.refusal, desk.visit.insutype) == ("", "390")


def test_somebody_without_a_document_keeps_the_bill_and_the_cashier_reads_what_to_do(centre: Centre) -> None:
    desk = make_desk(centre, id_kind=IdKind.NONE, no_id_reason="forgotten")
    client, page = window(desk)

    told = client.post(f"{page}check/", follow=True)

    assert [(told.status_code, told.redirect_chain)] == [(200, [(page, 302)])]
    assert "没有证件号码，无法向医保中心查询。请先补登患者的证件。" in told.text
    with pytest.raises(Invalid) as unasked:
        services.check_eligibility(by=desk.cashier, visit_id=desk.visit.pk)
    assert unasked.value.code == "no_id_number"
