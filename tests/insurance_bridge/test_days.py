"""The reconciliation of a day against the real centre: a difference is a case until a person or a proof ends it."""

import pytest

from insurance_bridge import selectors, services
from insurance_bridge.choices import CaseKind, CaseStatus, DayStatus
from insurance_bridge.models import Case, Settlement
from kernel import clock
from kernel.errors import Conflict
from tests.factories.insurance import Centre
from tests.insurance_bridge.test_services import Desk, make_desk, settled, work

pytestmark = pytest.mark.django_db


def compared(desk: Desk) -> dict[str, set[str]]:
    day = services.compare_day(by=desk.clerk, day_date=clock.today())
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
    expected = {
        CaseKind.AMOUNT: {one.setl_id},
        CaseKind.HOSPITAL_MORE: {two.setl_id},
        CaseKind.CENTRE_MORE: {extra["msgid"]},
    }
    assert compared(desk) == expected
    assert compared(desk) == expected


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


def test_a_day_closes_only_without_open_cases_and_stays_closed(centre: Centre) -> None:
    desk = make_desk(centre)
    settlement = settled(desk)
    quiet(centre, desk)
    centre.control("plant", kind="amount", setl_id=settlement.setl_id, cents=1)
    compared(desk)
    case = Case.objects.get(evidence=settlement.setl_id)
    day = case.day
    with pytest.raises(Conflict):
        services.close_day(by=desk.clerk, day_id=day.pk, version=day.version)
    services.end_case(
        by=desk.clerk, case_id=case.pk, version=case.version, accepted=True, note="one cent, by the rule"
    )
    closed = services.close_day(by=desk.clerk, day_id=day.pk, version=day.version)
    assert closed.status == DayStatus.CLOSED
    with pytest.raises(Conflict):
        services.compare_day(by=desk.clerk, day_date=clock.today())
