"""The day's reconciliation: 3201 and, also when it agrees, 3202, per insurance and clearing type."""

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from insurance_bridge.choices import CaseKind, CaseStatus, DayStatus
from insurance_bridge.engine import statement
from insurance_bridge.engine.money import cents, text
from insurance_bridge.events import DayClosed
from insurance_bridge.models import Case, Day, Group, Message, Settlement, Shift
from insurance_bridge.policies import DAY
from insurance_bridge.services import cases, differences, messages
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

INSURANCES = ("390", "310")
CLEARINGS = ("21", "11")
COMPARED = (CaseKind.CENTRE_MORE, CaseKind.HOSPITAL_MORE, CaseKind.AMOUNT, CaseKind.FILE)


@transaction.atomic
def compare_day(*, by: Actor, day_date: date) -> Day:
    """Compare a day with the centre, as often as wanted until it is closed. Answers come by worker.

    Every group is asked, also those in which we have nothing: there the centre may have more. While a comparison is
    under way no second one begins: its files would be held against the first one's numbers.
    """
    DAY.ask(by, "compare")
    if by.organisation is None:
        raise Invalid(code="no_institution")
    if day_date > clock.today():
        raise Invalid(fields={"date": _("This day has not come yet.")})
    Day.objects.get_or_create(organisation_id=by.organisation, date=day_date)
    day = Day.objects.select_for_update(of=("self",)).get(organisation=by.organisation, date=day_date)
    if day.status == DayStatus.CLOSED:
        raise Conflict(_("This day is closed."), code="closed")
    if Message.objects.filter(subject__in=day.groups.values("pk"), posted_at__isnull=True).exists():
        return day
    day.status, day.compared_at, day.version = DayStatus.OPEN, None, day.version + 1
    day.save(update_fields=["status", "compared_at", "version"])
    rows = statement_rows(day)
    for insutype in INSURANCES:
        for clr_type in CLEARINGS:
            _ask_totals(by, day, insutype, clr_type, rows.get((insutype, clr_type), []))
    audit.record(by=by, action="insurance.day_compared", subject=day)
    return day


def statement_rows(day: Day) -> dict[tuple[str, str], list[statement.UploadRow]]:
    """Our settlements of the day by group; a cancellation is a row of its own with negative sums."""
    groups: dict[tuple[str, str], list[statement.UploadRow]] = {}
    mine = Settlement.objects.filter(organisation=day.organisation_id).select_related("visit")
    for row in mine.filter(day_date=day.date).order_by("setl_id"):
        groups.setdefault((row.insutype, row.clr_type), []).append(_row(row, row.setl_id, 1))
    for row in mine.filter(cancel_day_date=day.date).order_by("setl_id"):
        groups.setdefault((row.insutype, row.clr_type), []).append(_row(row, row.cancel_setl_id, -1))
    return groups


def _row(settlement: Settlement, setl_id: str, sign: int) -> statement.UploadRow:
    total, fund, account = differences.parts(settlement, sign)
    return statement.UploadRow(
        setl_id=setl_id,
        mdtrt_id=settlement.visit.mdtrt_id,
        psn_no=settlement.visit.psn_no,
        medfee_sumamt=text(total),
        fund_pay_sumamt=text(fund),
        acct_pay=text(account),
        refd_setl_flag="1" if sign < 0 else "0",
    )


def _ask_totals(by: Actor, day: Day, insutype: str, clr_type: str, rows: list[statement.UploadRow]) -> None:
    sums = {
        "total": sum(cents(row.medfee_sumamt) for row in rows),
        "fund": sum(cents(row.fund_pay_sumamt) for row in rows),
        "account": sum(cents(row.acct_pay) for row in rows),
        "number": len(rows),
    }
    fresh = {"total_result": "", "total_words": "", "upload_ref": "", "result_ref": "", "compared_at": None}
    group, _made = Group.objects.update_or_create(
        day=day, insutype=insutype, clr_type=clr_type, defaults={**sums, **fresh}
    )
    _commit(by, group, "3201", {"data": _asked(group)})
    archive, _count, _digest = statement.pack("settlements.txt", rows)
    content = base64.b64encode(archive).decode()
    _commit(by, group, "9101", {"fsUploadIn": {"in": content, "filename": "settlements.zip"}})


def _asked(group: Group) -> dict[str, str]:
    day = f"{group.day.date:%Y-%m-%d}"
    return {
        "insutype": group.insutype,
        "clr_type": group.clr_type,
        "setl_optins": "990101",
        "stmt_begndate": day,
        "stmt_enddate": day,
        "medfee_sumamt": text(group.total),
        "fund_pay_sumamt": text(group.fund),
        "acct_pay": text(group.account),
        "fixmedins_setl_cnt": str(group.number),
        "refd_setl_flag": "1",
    }


def _commit(by: Actor, group: Group, infno: str, data: Mapping[str, Any]) -> None:
    place = group.day.organisation_id
    messages.commit(by=by, infno=infno, organisation_id=place, subject=group.pk, data=data)


def _group(message: Message) -> Group:
    """The group of a message, locked; its day first, in the order of every verb that takes both."""
    day = Day.objects.select_for_update(of=("self",))
    day.get(groups=message.subject)
    return Group.objects.select_for_update(of=("self",)).select_related("day").get(pk=message.subject)


def post_totals(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """3201: the centre's word on the sums; equal sums may still hide exchanged amounts."""
    group = _group(message)
    group.total_result = output["stmtinfo"]["stmt_rslt"]
    group.total_words = output["stmtinfo"]["stmt_rslt_dscr"][:200]
    group.save(update_fields=["total_result", "total_words"])


def post_upload(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """9101: our file has a number; ask for the comparison row by row (3202)."""
    group = _group(message)
    group.upload_ref = output["fileinfo"]["file_qury_no"]
    group.save(update_fields=["upload_ref"])
    _commit(by, group, "3202", {"data": {**_asked(group), "file_qury_no": group.upload_ref}})


def post_details(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """3202: the result file is ready; fetch it (9102)."""
    group, info = _group(message), output["fileinfo"]
    group.result_ref = info["file_qury_no"]
    group.result_rows, group.result_digest = int(info["row_count"]), info["digest"]
    group.save(update_fields=["result_ref", "result_rows", "result_digest"])
    wanted = {"file_qury_no": group.result_ref, "filename": info["filename"]}
    _commit(by, group, "9102", {"fsDownloadIn": wanted})


def post_result(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """9102: cases from a complete file; an incomplete one is a case itself and never "no differences" (I14)."""
    group = _group(message)
    try:
        archive = base64.b64decode(output["content"], validate=True)
        rows = statement.result_rows(
            statement.unpack(archive), count=group.result_rows or 0, announced=group.result_digest
        )
    except (statement.IncompleteError, ValueError, KeyError) as error:
        case = _no_file(group, str(group.pk), message)
        cases.keep(by, [case])
        audit.record(
            by=by,
            action="insurance.result_incomplete",
            subject=group,
            outcome="failure",
            detail={"error": type(error).__name__},
        )
        return
    cases.keep(by, differences.found(group, rows))
    group.compared_at = clock.now()
    group.save(update_fields=["compared_at"])
    _finish(by, group.day)


def _finish(by: Actor, day: Day) -> None:
    """When the last group has answered the day is compared, and what no group shows any more is put right."""
    day = Day.objects.select_for_update().get(pk=day.pk)
    if day.groups.filter(compared_at__isnull=True).exists():
        return
    cases.settle_vanished(by, day, COMPARED)
    day.status, day.compared_at, day.version = DayStatus.COMPARED, clock.now(), day.version + 1
    day.save(update_fields=["status", "compared_at", "version"])


def refuse(by: Actor, message: Message, words: str) -> None:
    """The centre refuses to compare: a case, because silence is not agreement."""
    group = _group(message)
    case = _no_file(group, f"{group.pk}:{message.infno}", message)
    cases.keep(by, [case])


def _no_file(group: Group, evidence: str, message: Message) -> Case:
    seen = group.day.version
    return Case(
        day=group.day, group=group, kind=CaseKind.FILE, evidence=evidence, msgid=message.msgid, seen=seen
    )


@transaction.atomic
def close_day(*, by: Actor, day_id: UUID, version: int) -> Day:
    """Close a compared day for good: over, no open case, no message without outcome, no open shift.

    A day that still runs stays open: what is settled after its close would be compared by nobody.
    """
    day = DAY.fetch(by, "close", day_id, lock=True)
    if day.version != version:
        raise Conflict(code="version_conflict")
    if day.date >= clock.today():
        raise Conflict(_("This day is not over. It can be closed tomorrow."), code="not_over")
    if day.status != DayStatus.COMPARED:
        raise Conflict(_("Compare the day with the centre first."), code="not_compared")
    if day.cases.filter(status=CaseStatus.OPEN).exists():
        raise Conflict(_("There are open cases."), code="open_cases")
    begin, end = clock.day_bounds(day.date)
    asked = Message.objects.filter(organisation=day.organisation_id, settlement__isnull=False)
    if asked.filter(posted_at__isnull=True, created_at__gte=begin, created_at__lt=end).exists():
        raise Conflict(_("A settlement of this day is still without outcome."), code="open_messages")
    shifts = Shift.objects.filter(organisation=day.organisation_id, day_date=day.date, closed_at__isnull=True)
    if shifts.exists():
        raise Conflict(_("A cashier has not closed her shift."), code="open_shifts")
    day.status, day.closed_at, day.closed_by_id = DayStatus.CLOSED, clock.now(), by.id
    day.version += 1
    day.save(update_fields=["status", "closed_at", "closed_by", "version"])
    audit.record(by=by, action="insurance.day_closed", subject=day)
    outbox.emit(DayClosed(day_id=str(day.pk)))
    return day
