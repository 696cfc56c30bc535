"""The reconciliation of a day against the real centre: a difference is a case until a person or a proof ends it."""

from datetime import date, timedelta

import pytest

from insurance_bridge import selectors, services
from insurance_bridge.choices import CaseKind, CaseStatus, DayStatus
from insurance_bridge.models import Case, Message, Settlement
from insurance_bridge.selectors.words import REGROUPED
from kernel import clock
from kernel.errors import Conflict
from tests.factories.insurance import Centre
from tests.insurance_bridge.test_services import Desk, make_desk, settled, work

pytestmark = pytest.mark.django_db


def compared(desk: Desk, day_date: date | None = None) -> dict[str, set[str]]:
    day = services.compare_day(by=desk.clerk, day_date=day_date or clock.today())
    work()
    day.refresh_from_db()
    assert day.status == DayStatus.COMPARED
    found: dict[str, set[str]] = {}
    for case in Case.objects.filter(day=day, status=CaseStatus.OPEN):
        found.setdefault(case.kind, set()).add(case.evidence)
    return found


def quiet(centre: Centre, desk: Desk) -> None:
    """End what earlier tests left at the centre under this institution."""
    for row in centre.settlements():
        if not Settlement.objects.filter(setl_id=row["setl_id"]).exists():
            centre.control("plant", kind="missing", setl_id=row["setl_id"])


def test_each_planted_difference_is_one_case_and_none_else(centre: Centre) -> None:
    desk = make_desk(centre)
    one, two, three = settled(desk), settled(another(centre, desk)), settled(another(centre, desk))
    quiet(centre, desk)
    assert compared(desk) == {}
    centre.control("plant", kind="amount", setl_id=one.setl_id, cents=100)
    centre.control("plant", kind="missing", setl_id=two.setl_id)
    extra = centre.control("plant", kind="extra", setl_id=three.setl_id)
    centre.control("plant", kind="extra", setl_id=three.setl_id)
    expected = {
        CaseKind.AMOUNT: {one.setl_id},
        CaseKind.HOSPITAL_MORE: {two.setl_id},
        CaseKind.CENTRE_MORE: {extra["msgid"], f"{extra['msgid']}#2"},
    }
    assert compared(desk) == expected
    assert compared(desk) == expected


def test_what_the_centre_counts_under_another_type_is_said_on_both_sides_and_no_yuan_is_apart(
    centre: Centre,
) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    quiet(centre, desk)
    centre.control("plant", kind="grouping", setl_id=settlement.setl_id, clr_type="11")

    compared(desk)

    page = selectors.day_page(by=desk.clerk, day_date=clock.today())
    types = ("居民医保 390 · 住院 21", "居民医保 390 · 门诊 11")
    assert [(row.name, row.types) for row in page.cases] == [(REGROUPED, types)] * 2
    assert page.apart == 0
    assert {row.name: row.difference for row in page.groups if row.difference} == {
        types[0]: 9000,
        types[1]: -9000,
    }


def test_a_cancelled_settlement_the_centre_counts_otherwise_differs_by_what_it_differs(
    centre: Centre,
) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    services.cancel_settlement(
        by=desk.cashier, key="", settlement_id=settlement.pk, version=settlement.version, reason="wrong item"
    )
    work()
    settlement.refresh_from_db()
    quiet_but(centre, settlement.setl_id, settlement.cancel_setl_id)
    centre.control("plant", kind="amount", setl_id=settlement.cancel_setl_id, cents=100)

    compared(desk)

    case = Case.objects.get()
    assert (case.settlement, case.ours, case.theirs) == (settlement, -900000, -899900)


def quiet_but(centre: Centre, *kept: str) -> None:
    """Nothing stands at the centre but these."""
    for row in centre.settlements():
        if row["setl_id"] not in kept:
            centre.control("plant", kind="missing", setl_id=row["setl_id"])


def test_a_settlement_belongs_to_the_day_on_which_the_centre_counts_it(centre: Centre) -> None:
    """Settled before midnight and answered after it: neither day shows a difference."""
    desk = make_desk(centre)
    yesterday = clock.today() - timedelta(days=1)
    centre.control("clock", offset=-86_400)
    try:
        settlement = settled(desk)
    finally:
        centre.control("clock", offset=0)
    quiet(centre, desk)

    assert settlement.day_date == yesterday
    assert (compared(desk, yesterday), compared(desk)) == ({}, {})


def test_while_a_comparison_is_under_way_no_second_one_begins(centre: Centre) -> None:
    desk = make_desk(centre)

    first = services.compare_day(by=desk.clerk, day_date=clock.today())
    second = services.compare_day(by=desk.clerk, day_date=clock.today())

    assert (second.pk, second.version) == (first.pk, first.version)
    assert Message.objects.filter(infno="3201").count() == 4


def test_a_case_of_a_settlement_we_set_aside_names_its_bill_and_ends_when_it_is_taken_over(
    centre: Centre,
) -> None:
    desk = make_desk(centre)
    quiet(centre, desk)
    centre.control("fault", infno="2304", kind="wrong_sum")
    aside = settled(desk)
    compared(desk)
    case = Case.objects.get(kind=CaseKind.CENTRE_MORE, settlement=aside)

    services.look_again(by=desk.clerk, key="", settlement_id=aside.pk, version=aside.version)
    work()
    compared(desk)

    case.refresh_from_db()
    assert (case.ours, case.theirs > 0, case.status) == (0, True, CaseStatus.RESOLVED)


def ended(desk: Desk, case: Case, *, accepted: bool) -> Case:
    return services.end_case(
        by=desk.clerk, case_id=case.pk, version=case.version, accepted=accepted, note="by the rule"
    )


def test_a_comparison_that_agrees_ends_the_case_and_one_that_does_not_opens_it_again(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    quiet(centre, desk)
    centre.control("plant", kind="amount", setl_id=settlement.setl_id, cents=100)
    compared(desk)
    case = Case.objects.get(evidence=settlement.setl_id)
    ended(desk, case, accepted=False)

    assert compared(desk) == {CaseKind.AMOUNT: {settlement.setl_id}}
    case.refresh_from_db()
    assert (case.status, case.ended_at, case.theirs - case.ours) == (CaseStatus.OPEN, None, 100)

    centre.control("plant", kind="amount", setl_id=settlement.setl_id, cents=-100)
    assert compared(desk) == {}
    case.refresh_from_db()
    assert (case.status, case.ended_by) == (CaseStatus.RESOLVED, None)


def test_what_was_accepted_stays_accepted_whatever_is_compared_again(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    quiet(centre, desk)
    centre.control("plant", kind="amount", setl_id=settlement.setl_id, cents=1)
    compared(desk)
    case = Case.objects.get(evidence=settlement.setl_id)
    ended(desk, case, accepted=True)
    assert compared(desk) == {}
    case.refresh_from_db()
    assert (case.status, case.ended_by_id) == (CaseStatus.ACCEPTED, desk.clerk.id)


def test_the_page_shows_both_sides_of_a_case_and_the_open_ones_first(centre: Centre) -> None:
    desk = make_desk(centre)
    one, two = settled(desk), settled(another(centre, desk))
    quiet(centre, desk)
    for settlement in (one, two):
        centre.control("plant", kind="amount", setl_id=settlement.setl_id, cents=100)
    compared(desk)
    first = selectors.day_page(by=desk.clerk, day_date=clock.today()).chosen
    assert first is not None
    ended(desk, first.case, accepted=True)

    page = selectors.day_page(by=desk.clerk, day_date=clock.today())

    assert [row.case.status for row in page.cases] == [CaseStatus.OPEN, CaseStatus.ACCEPTED]
    assert page.chosen == page.cases[0]
    assert (page.apart, [group.difference for group in page.groups if group.difference]) == (-1, [-1])
    assert [part.difference for part in page.cases[0].parts] == [-1, -1, 0]
    assert [message.infno for message, _name in page.messages][-1] in ("2207", "2304")
    assert page.busy is False


def another(centre: Centre, desk: Desk) -> Desk:
    fresh = make_desk(centre)
    return Desk(desk.cashier, desk.clerk, fresh.visit)


def test_a_day_closes_once_it_is_over_only_without_open_cases_and_stays_closed(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, now = make_desk(centre), clock.now
    settlement = settled(desk)
    quiet(centre, desk)
    centre.control("plant", kind="amount", setl_id=settlement.setl_id, cents=1)
    compared(desk)
    case = Case.objects.get(evidence=settlement.setl_id)
    day = case.day
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=1))
    with pytest.raises(Conflict) as differs:
        services.close_day(by=desk.clerk, day_id=day.pk, version=day.version)
    assert differs.value.code == "open_cases"
    monkeypatch.setattr(clock, "now", now)
    services.end_case(
        by=desk.clerk, case_id=case.pk, version=case.version, accepted=True, note="one cent, by the rule"
    )
    with pytest.raises(Conflict) as early:
        services.close_day(by=desk.clerk, day_id=day.pk, version=day.version)
    assert early.value.code == "not_over"
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(days=1))
    closed = services.close_day(by=desk.clerk, day_id=day.pk, version=day.version)
    assert closed.status == DayStatus.CLOSED
    with pytest.raises(Conflict):
        services.compare_day(by=desk.clerk, day_date=day.date)
