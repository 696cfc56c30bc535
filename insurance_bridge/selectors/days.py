"""The day close: groups, cases, where it stands."""

import datetime as dt
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium import selectors as consortium
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from insurance_bridge.choices import CaseKind, CaseStatus, DayStatus, PaymentMethod
from insurance_bridge.models import Case, Day, Group, Message, Shift
from insurance_bridge.policies import CASE, DAY
from insurance_bridge.selectors.words import (
    ADVICE,
    MESSAGES,
    REGROUPED,
    REGROUPED_ADVICE,
    group_words,
    yuan,
)
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
    difference: Decimal
    masked: bool
    """The totals agree and the details do not."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sum of a case on both sides, in yuan."""

    name: Text
    ours: Decimal
    theirs: Decimal

    @property
    def difference(self) -> Decimal:
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class Counted(Part):
    """One sum of a shift: the receipts, and what was counted; more in the drawer is a plus, as the cashier saw it."""

    @property
    def difference(self) -> Decimal:
        return self.theirs - self.ours


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with whose it is; amounts in yuan. `difference`: of the whole sum, else of the first part that differs.

    `types`: under which insurance and clearing type we and the centre count it, where that is not the same.
    """

    case: Case
    card: PatientCard | None
    cashier: str
    parts: tuple[Part, ...]
    types: tuple[str, str] | None

    @property
    def name(self) -> Text:
        return REGROUPED if self.types else CaseKind(self.case.kind).label

    @property
    def advice(self) -> Text:
        return REGROUPED_ADVICE if self.types else ADVICE[self.case.kind]

    @property
    def ours(self) -> Decimal:
        return self.parts[0].ours

    @property
    def theirs(self) -> Decimal:
        return self.parts[0].theirs

    @property
    def difference(self) -> Decimal:
        return next((part.difference for part in self.parts if part.difference), self.parts[0].difference)


@dataclass(frozen=True, slots=True)
class DayPage:
    """One day; `day` is None when nobody has compared it yet. In yuan: `apart` from the centre, and by how much the
    cashiers' drawers hold more (+) or less than their receipts: two sides that are never summed.
    """

    date: dt.date
    before: dt.date
    after: dt.date | None
    day: Day | None
    groups: list[GroupRow]
    cases: list[CaseRow]
    open_cases: int
    apart: Decimal
    drawers: Decimal
    steps: list[dict[str, object]]
    chosen: CaseRow | None
    messages: list[tuple[Message, Text]]
    busy: bool
    may_close: bool


def days(*, by: Actor) -> list[Day]:
    """The last days with their number of open cases (`open`)."""
    still = Count("cases", filter=Q(cases__status=CaseStatus.OPEN))
    return list(DAY.rows(by, "view").annotate(open=still).order_by("-date")[:31])


def day_page(*, by: Actor, day_date: date, chosen: str = "") -> DayPage:
    """One day of the actor's institution."""
    day = DAY.rows(by, "view").filter(date=day_date, organisation=by.organisation).first()
    rows = _case_rows(by, _open_first(CASE.rows(by, "view").filter(day=day)) if day else [])
    still = [row for row in rows if row.case.status == CaseStatus.OPEN]
    open_cases, today = len(still), clock.today()
    shown = next((row for row in rows if str(row.case.pk) == chosen), rows[0] if rows else None)
    return DayPage(
        date=day_date,
        before=day_date - timedelta(days=1),
        after=day_date + timedelta(days=1) if day_date < today else None,
        day=day,
        groups=_groups(day, still) if day else [],
        cases=rows,
        open_cases=open_cases,
        apart=sum((row.difference for row in still if row.case.shift is None), Decimal(0)),
        drawers=sum((row.difference for row in still if row.case.shift), Decimal(0)),
        steps=_steps(by, day_date, day, open_cases),
        chosen=shown,
        messages=_messages(shown.case) if shown else [],
        busy=day is not None and _busy(day),
        may_close=bool(day and day.status == DayStatus.COMPARED and not open_cases and day_date < today),
    )


def _open_first(cases: QuerySet[Case]) -> list[Case]:
    """What is still to be done on top, the first due first."""
    rows = cases.select_related("settlement__visit", "shift", "group").order_by("due_at", "pk")
    return sorted(rows, key=lambda case: case.status != CaseStatus.OPEN)


def _messages(case: Case) -> list[tuple[Message, Text]]:
    """What went to the centre about the settlement of a case, the first first, each with its name."""
    about = Q(settlement=case.settlement_id) & Q(settlement__isnull=False)
    rows = Message.objects.filter(about | Q(msgid=case.msgid or "-")).order_by("created_at", "pk")
    return [(row, MESSAGES.get(row.infno, row.infno)) for row in rows]


def _busy(day: Day) -> bool:
    """Whether the centre still owes an answer to the comparison."""
    groups = day.groups.values("pk")
    return Message.objects.filter(subject__in=groups, posted_at__isnull=True).exists()


def _case_rows(by: Actor, cases: list[Case]) -> list[CaseRow]:
    visits = {case.pk: case.settlement.visit for case in cases if case.settlement}
    cards = index.cards(by=by, patient_ids=[visit.patient_id for visit in visits.values()])
    cashiers = consortium.names([case.shift.cashier_id for case in cases if case.shift])
    regrouped = _regrouped(cases)
    return [
        CaseRow(
            case,
            cards.get(visits[case.pk].patient_id) if case.pk in visits else None,
            cashiers.get(case.shift.cashier_id, "") if case.shift else "",
            _parts(case),
            regrouped.get((case.settlement_id, case.seen)),
        )
        for case in cases
    ]


def _regrouped(cases: list[Case]) -> dict[tuple[UUID | None, int], tuple[str, str]]:
    """Our type and the centre's by settlement and comparison, of what stood in the files of two groups in it."""
    types = {
        (case.settlement_id, case.seen, case.kind): group_words(case.group.insutype, case.group.clr_type)
        for case in cases
        if case.group and case.settlement_id
    }
    return {
        (settlement, seen): (words, types[settlement, seen, CaseKind.CENTRE_MORE])
        for (settlement, seen, kind), words in types.items()
        if kind == CaseKind.HOSPITAL_MORE and (settlement, seen, CaseKind.CENTRE_MORE) in types
    }


def _parts(case: Case) -> tuple[Part, ...]:
    if (shift := case.shift) is not None:
        cash = yuan(shift.expected_cash or 0), yuan(shift.counted_cash or 0)
        mobile = yuan(shift.expected_mobile or 0), yuan(shift.counted_mobile or 0)
        return (
            Counted(pgettext("insurance", "together"), yuan(case.ours), yuan(case.theirs)),
            Counted(PaymentMethod.CASH.label, *cash),
            Counted(PaymentMethod.MOBILE.label, *mobile),
        )
    whole = Part(pgettext("insurance", "whole sum"), yuan(case.ours), yuan(case.theirs))
    fund = Part(pgettext("insurance", "funds"), yuan(case.ours_fund), yuan(case.theirs_fund))
    account = Part(
        pgettext("insurance", "personal account"), yuan(case.ours_account), yuan(case.theirs_account)
    )
    return whole, fund, account


def _groups(day: Day, still: list[CaseRow]) -> list[GroupRow]:
    return [
        GroupRow(
            group=row,
            name=group_words(row.insutype, row.clr_type),
            total=yuan(row.total),
            fund=yuan(row.fund),
            account=yuan(row.account),
            even=row.total_result == "0",
            difference=sum((one.difference for one in still if one.case.group_id == row.pk), Decimal(0)),
            masked=row.total_result == "0" and any(one.case.group_id == row.pk for one in still),
        )
        for row in day.groups.order_by("-insutype", "-clr_type")
    ]


def _steps(by: Actor, day_date: date, day: Day | None, open_cases: int) -> list[dict[str, object]]:
    """The seven stations of a day close, as ui/steps.html wants them."""
    begin, end = clock.day_bounds(day_date)
    mine = Message.objects.filter(organisation=by.organisation, settlement__isnull=False)
    lost = mine.filter(posted_at__isnull=True, created_at__gte=begin, created_at__lt=end).count()
    shifts = Shift.objects.filter(organisation=by.organisation, day_date=day_date, closed_at__isnull=True)
    cashiers = list(consortium.names(shifts.values_list("cashier_id", flat=True)).values())
    groups = list(day.groups.all()) if day else []
    over = "" if day_date < clock.today() else _("from tomorrow")
    done = [
        (
            _("shifts"),
            _("open: %(names)s") % {"names": "、".join(cashiers)} if cashiers else "",
            not cashiers,
        ),
        (_("unknown"), _("%(n)d open") % {"n": lost}, not lost),
        (_("own sums"), _("%(n)d groups") % {"n": len(groups)}, bool(groups)),
        (_("3201 totals"), "", bool(groups) and all(row.total_result for row in groups)),
        (_("3202 details"), "", bool(groups) and all(row.compared_at for row in groups)),
        (_("cases"), _("%(n)d open") % {"n": open_cases}, bool(groups) and not open_cases),
        (_("close"), over, bool(day and day.status == DayStatus.CLOSED)),
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
