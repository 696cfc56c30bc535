"""The day close: groups, cases, where it stands."""

import datetime as dt
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from emr.index import selectors as index
from emr.index.selectors import PatientCard
from insurance_bridge.choices import OPEN_MESSAGES, CaseStatus, DayStatus
from insurance_bridge.models import Case, Day, Group, Message, Shift
from insurance_bridge.policies import CASE, DAY
from insurance_bridge.selectors.words import ADVICE, CLEARING, INSURANCE, yuan
from kernel import clock
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text

FIRST: Final = date(1949, 10, 1)
LAST: Final = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One insurance and clearing type; amounts in yuan."""

    group: Group
    name: str
    total: Decimal
    fund: Decimal
    account: Decimal
    even: bool
    masked: bool
    """The totals agree and the details do not."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    case: Case
    card: PatientCard | None
    ours: Decimal
    theirs: Decimal
    difference: Decimal
    advice: Text


@dataclass(frozen=True, slots=True)
class DayPage:
    """One day; `day` is None when nobody has compared it yet."""

    date: dt.date
    before: dt.date
    after: dt.date | None
    day: Day | None
    groups: list[GroupRow]
    cases: list[CaseRow]
    open_cases: int
    steps: list[dict[str, object]]
    chosen: CaseRow | None
    may_close: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    row: CaseRow
    messages: list[Message]


def days(*, by: Actor, limit: int = 31) -> list[Day]:
    """The last days with their number of open cases (`open`)."""
    still = Count("cases", filter=Q(cases__status=CaseStatus.OPEN))
    return list(DAY.rows(by, "view").annotate(open=still).order_by("-date")[:limit])


def day_page(*, by: Actor, day_date: date, chosen: str = "") -> DayPage:
    """One day of the actor's institution."""
    day = DAY.rows(by, "view").filter(date=day_date, organisation=by.organisation).first()
    found = list(CASE.rows(by, "view").filter(day=day).order_by("status", "due_at", "pk")) if day else []
    rows = _case_rows(by, found)
    open_cases = sum(row.case.status == CaseStatus.OPEN for row in rows)
    today = clock.today()
    return DayPage(
        date=day_date,
        before=day_date - timedelta(days=1),
        after=day_date + timedelta(days=1) if day_date < today else None,
        day=day,
        groups=_groups(day, found) if day else [],
        cases=rows,
        open_cases=open_cases,
        steps=_steps(by, day_date, day, open_cases),
        chosen=next((row for row in rows if str(row.case.pk) == chosen), rows[0] if rows else None),
        may_close=bool(day and day.status == DayStatus.COMPARED and not open_cases),
    )


def case_page(*, by: Actor, case_id: UUID) -> CasePage:
    case = CASE.fetch(by, "view", case_id)
    (row,) = _case_rows(by, [case])
    messages = Message.objects.filter(Q(settlement=case.settlement_id) & Q(settlement__isnull=False))
    return CasePage(row, list(messages.order_by("created_at", "pk")))


def _case_rows(by: Actor, cases: list[Case]) -> list[CaseRow]:
    visits = {case.pk: case.settlement.visit for case in cases if case.settlement}
    cards = index.cards(by=by, patient_ids=[visit.patient_id for visit in visits.values()])
    return [
        CaseRow(
            case,
            cards.get(visits[case.pk].patient_id) if case.pk in visits else None,
            yuan(case.ours),
            yuan(case.theirs),
            yuan(case.ours - case.theirs),
            ADVICE[case.kind],
        )
        for case in cases
    ]


def _groups(day: Day, cases: list[Case]) -> list[GroupRow]:
    return [
        GroupRow(
            group=row,
            name=f"{INSURANCE.get(row.insutype, row.insutype)} {row.insutype} · "
            f"{CLEARING.get(row.clr_type, row.clr_type)} {row.clr_type}",
            total=yuan(row.total),
            fund=yuan(row.fund),
            account=yuan(row.account),
            even=row.total_result == "0",
            masked=row.total_result == "0" and _differs(row, cases),
        )
        for row in day.groups.order_by("-insutype", "-clr_type")
    ]


def _differs(group: Group, cases: list[Case]) -> bool:
    return any(
        case.settlement is not None
        and (case.settlement.insutype, case.settlement.clr_type) == (group.insutype, group.clr_type)
        for case in cases
    )


def _steps(by: Actor, day_date: date, day: Day | None, open_cases: int) -> list[dict[str, object]]:
    """The seven stations of a day close, as ui/steps.html wants them."""
    begin, end = clock.day_bounds(day_date)
    mine = Message.objects.filter(organisation=by.organisation, settlement__isnull=False)
    lost = mine.filter(status__in=OPEN_MESSAGES, created_at__gte=begin, created_at__lt=end).count()
    shifts = Shift.objects.filter(organisation=by.organisation, day_date=day_date, closed_at__isnull=True)
    groups = list(day.groups.all()) if day else []
    done = [
        (_("shifts"), _("%(n)d open") % {"n": shifts.count()}, not shifts.exists()),
        (_("unknown"), _("%(n)d open") % {"n": lost}, not lost),
        (_("own sums"), _("%(n)d groups") % {"n": len(groups)}, bool(groups)),
        (_("3201 totals"), "", bool(groups) and all(row.total_result for row in groups)),
        (_("3202 details"), "", bool(groups) and all(row.compared_at for row in groups)),
        (_("cases"), _("%(n)d open") % {"n": open_cases}, bool(groups) and not open_cases),
        (_("close"), "", bool(day and day.status == DayStatus.CLOSED)),
    ]
    first = next((place for place, step in enumerate(done) if not step[2]), len(done))
    return [
        {
            "label": label,
            "note": note,
            "state": "done" if ok else "current" if place == first else "",
            "keep": ok,
        }
        for place, (label, note, ok) in enumerate(done)
    ]


def date_of(text: str) -> date:
    """The day in an address. Raises OutOfReach (404) when it is none, or none a calendar can step from."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise OutOfReach from None
    if not FIRST <= day <= LAST:
        raise OutOfReach
    return day
