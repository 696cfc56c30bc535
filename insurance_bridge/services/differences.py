"""What a result file of the centre (3202) says against ours: a case for each row that differs."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple

from django.db.models import QuerySet

from insurance_bridge.choices import CaseKind
from insurance_bridge.engine import statement
from insurance_bridge.engine.money import cents
from insurance_bridge.models import Case, Group, Settlement

EQUAL = "0"
KINDS = {"1": CaseKind.CENTRE_MORE, "2": CaseKind.HOSPITAL_MORE}


def parts(settlement: Settlement, sign: int) -> tuple[int, int, int]:
    """Total, funds and personal account of a settlement in cents; of its cancellation with sign -1."""
    fund = settlement.pool + settlement.critical + settlement.assistance + settlement.other
    return sign * settlement.total, sign * fund, sign * settlement.account


def found(group: Group, rows: Iterable[statement.ResultRow]) -> Iterator[Case]:
    """A new case for each row that differs; each under an evidence of its own, the same in every comparison."""
    mine = Settlement.objects.filter(organisation=group.day.organisation_id)
    seen: Counter[str] = Counter()
    for row in rows:
        if row.stmt_rslt == EQUAL:
            continue
        case = _case(group, row, _own(mine, row))
        seen[case.evidence] += 1
        if (number := seen[case.evidence]) > 1:
            case.evidence = f"{case.evidence}#{number}"
        yield case


def _own(mine: QuerySet[Settlement], row: statement.ResultRow) -> tuple[Settlement, int] | None:
    """Our settlement behind a row, and -1 where the row is its cancellation.

    What the centre settled and we did not post bears no number with us, but the message was ours.
    """
    number, msgid = row.setl_id or "-", row.msgid or "-"
    if settled := mine.filter(setl_id=number).first():
        return settled, 1
    if cancelled := mine.filter(cancel_setl_id=number).first():
        return cancelled, -1
    asked = mine.filter(messages__msgid=msgid).first()
    return (asked, -1 if row.refd_setl_flag == "1" else 1) if asked else None


def _case(group: Group, row: statement.ResultRow, own: tuple[Settlement, int] | None) -> Case:
    kind = KINDS.get(row.stmt_rslt, CaseKind.AMOUNT)
    told = (cents(row.medfee_sumamt), cents(row.fund_pay_sumamt), cents(row.acct_pay))
    ours = (0, 0, 0) if kind == CaseKind.CENTRE_MORE else parts(*own) if own else told
    theirs = (0, 0, 0) if kind == CaseKind.HOSPITAL_MORE else told
    return Case(
        day=group.day,
        group=group,
        kind=kind,
        evidence=_evidence(kind, row),
        settlement=own[0] if own else None,
        setl_id=row.setl_id,
        msgid=row.msgid,
        seen=group.day.version,
        **dict(zip(("ours", "ours_fund", "ours_account"), ours, strict=True)),
        **dict(zip(("theirs", "theirs_fund", "theirs_account"), theirs, strict=True)),
    )


def _evidence(kind: CaseKind, row: statement.ResultRow) -> str:
    """By what a case is found again. A row that is the centre's alone may bear no number: then the row itself."""
    number = row.msgid if kind == CaseKind.CENTRE_MORE else row.setl_id
    return number or statement.digest("\t".join(astuple(row)).encode())
