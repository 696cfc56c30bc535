"""What waits at the insurance desk."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from insurance_bridge.choices import CaseStatus, DayStatus
from insurance_bridge.models import Case
from insurance_bridge.policies import CASE, DAY
from insurance_bridge.selectors import visits
from insurance_bridge.selectors.words import ADVICE
from kernel import clock
from kernel.actor import Actor
from kernel.work import Count, Waiting, Work

TAB_WORDS = {
    "open": _("to be settled"),
    "waiting": _("with the insurance centre"),
    "pay": _("to be paid"),
    "done": _("settled and paid"),
}


def work(*, by: Actor) -> Work:
    """Tiles and rows for cashier and insurance clerk; nothing for other posts."""
    if not by.has(Role.CASHIER, Role.INSURANCE_CLERK):
        return Work()
    tiles = [
        Count(f"insurance-{tab}", TAB_WORDS[tab], number, f"{reverse('insurance_bridge:desk')}?tab={tab}")
        for tab, number in visits.counts(by=by).items()
        if tab != "done"
    ]
    if not by.has(Role.INSURANCE_CLERK):
        # Who stands at the window to pay comes first; rows of one urgency lie in the order of their keys.
        rows = [
            _bill(row, f"{place}-{tab}")
            for place, tab in enumerate(("pay", "open"))
            for row in visits.desk(by=by, tab=tab, limit=20)
        ]
        return Work(tuple(tiles), tuple(rows))
    return _clerk(by, tiles)


def _bill(row: visits.DeskRow, order: str) -> Waiting:
    return Waiting(
        key=f"bill-{order}-{row.visit.pk}",
        what=row.look.text,
        url=reverse("insurance_bridge:visit", args=[row.visit.pk]),
        action=_("Open"),
        patient_id=row.visit.patient_id,
        sub=f"¥{row.total:,.2f}",
        since=row.visit.begun_at,
    )


def _clerk(by: Actor, tiles: list[Count]) -> Work:
    cases = CASE.rows(by, "view").filter(status=CaseStatus.OPEN).order_by("due_at", "pk")
    found = list(cases.select_related("day", "settlement__visit")[:50])
    late = sum(case.due_at < clock.now() for case in found)
    days = DAY.rows(by, "view").exclude(status=DayStatus.CLOSED).count()
    list_url = reverse("insurance_bridge:days")
    tiles += [
        Count("insurance-cases", _("differences"), len(found), list_url, late),
        Count("insurance-days", _("days not closed"), days, list_url),
    ]
    return Work(tuple(tiles), tuple(_case(case) for case in found))


def _case(case: Case) -> Waiting:
    day = reverse("insurance_bridge:day", args=[case.day.date.isoformat()])
    return Waiting(
        key=f"case-{case.pk}",
        what=case.get_kind_display(),
        url=f"{day}?case={case.pk}",
        action=_("Handle"),
        priority="urgent",
        patient_id=case.settlement.visit.patient_id if case.settlement else None,
        sub=ADVICE[case.kind],
        since=case.opened_at,
        due_at=case.due_at,
    )
