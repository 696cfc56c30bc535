"""A case for each difference: found again by its evidence, ended by a person with a note."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from insurance_bridge.choices import CaseKind, CaseStatus, DayStatus
from insurance_bridge.models import Case, Day, Shift
from insurance_bridge.policies import CASE
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

DUE = timedelta(hours=24)


SUMS: Final = ("ours", "theirs", "ours_fund", "theirs_fund", "ours_account", "theirs_account")


def keep(by: Actor, cases: Iterable[Case]) -> None:
    """Open what is new; a case already known by its evidence keeps its decisions (I14)."""
    for case in cases:
        known = Case.objects.select_for_update(of=("self",))
        again = known.filter(day=case.day, kind=case.kind, evidence=case.evidence).first()
        if again is not None:
            _seen_again(by, again, case)
            continue
        case.opened_at, case.due_at = clock.now(), clock.now() + DUE
        case.save(force_insert=True)
        audit.record(by=by, action="insurance.case_opened", subject=case, detail={"kind": str(case.kind)})


def _seen_again(by: Actor, known: Case, now: Case) -> None:
    """The comparison still shows it: with its newest sums, and open again where it was said to be put right."""
    known.seen, known.group = now.seen, now.group
    for name in SUMS:
        setattr(known, name, getattr(now, name))
    if known.status == CaseStatus.RESOLVED:
        known.status, known.ended_at, known.ended_by = CaseStatus.OPEN, None, None
        known.due_at, known.version = clock.now() + DUE, known.version + 1
        audit.record(by=by, action="insurance.case_reopened", subject=known, detail={"kind": known.kind})
    known.save()


def settle_vanished(by: Actor, day: Day, kinds: Iterable[str]) -> None:
    """An open case that the complete new comparison of its day no longer shows is put right by that proof."""
    rows = Case.objects.select_for_update(of=("self",)).filter(day=day, kind__in=list(kinds))
    for case in rows.filter(status=CaseStatus.OPEN).exclude(seen=day.version):
        case.status, case.ended_at = CaseStatus.RESOLVED, clock.now()
        case.note, case.version = _("The comparison agrees now."), case.version + 1
        case.save(update_fields=["status", "ended_at", "note", "version"])
        audit.record(by=by, action="insurance.case_vanished", subject=case)


def open_shift_case(by: Actor, shift: Shift) -> None:
    """The drawer does not agree with the receipts."""
    day, _made = Day.objects.get_or_create(organisation_id=shift.organisation_id, date=shift.day_date)
    case = Case(
        day=day,
        kind=CaseKind.SHIFT,
        evidence=str(shift.pk),
        shift=shift,
        ours=shift.expected_cash + shift.expected_mobile,
        theirs=(shift.counted_cash or 0) + (shift.counted_mobile or 0),
    )
    keep(by, [case])


@transaction.atomic
def end_case(*, by: Actor, case_id: UUID, version: int, accepted: bool, note: str) -> Case:
    """End a case as resolved or accepted, with a note that says what was done."""
    case = CASE.fetch(by, "end", case_id, lock=True)
    if case.status != CaseStatus.OPEN:
        raise Conflict(_("This case is ended already."), code="ended")
    if case.version != version or case.day.status == DayStatus.CLOSED:
        raise Conflict(code="version_conflict")
    if len(note.strip()) < 4:
        raise Invalid(fields={"note": _("Say in a sentence what was found and done.")})
    case.status = CaseStatus.ACCEPTED if accepted else CaseStatus.RESOLVED
    case.note, case.ended_at, case.ended_by_id = note.strip()[:500], clock.now(), by.id
    case.version += 1
    case.save(update_fields=["status", "note", "ended_at", "ended_by", "version"])
    audit.record(
        by=by, action="insurance.case_ended", subject=case, detail={"status": case.status, "kind": case.kind}
    )
    return case
