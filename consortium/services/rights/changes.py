"""Two people for every change of rights: one proposes with a reason, another one decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import selectors
from consortium.choices import NoticeLevel, Verdict
from consortium.kinds import KINDS, ChangeKind
from consortium.models import Change
from consortium.policies import CHANGE
from consortium.services.news.notices import Recipients, close_notice, notify
from kernel import assurance, audit, clock
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, Refused
from kernel.said import phrase


@transaction.atomic
def propose(
    *,
    by: Actor,
    kind: str,
    subject: UUID | None,
    payload: Mapping[str, Any],
    reason: str,
    paper: str = "",
) -> Change:
    """Ask for a change; it does nothing before a second person approves it.

    Raises Refused when the post does not propose this kind, Invalid without a reason, whatever the kind's own
    check raises, and StepUpNeeded when the last proof of who sits there is too old. `paper`: the digest of a
    signed list that spoke for it, in place of a person.
    """
    CHANGE.ask(by, "propose")
    assurance.fresh(by)
    known = KINDS[kind]
    if by.kind is Kind.STAFF and not by.has(*known.proposers):
        raise Refused(detail={"action": "propose", "kind": kind})
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why.")}, code="reason_missing")
    known.check(by, payload)
    change = Change.objects.create(
        kind=kind,
        subject=subject,
        payload=dict(payload),
        reason=reason.strip(),
        paper=paper,
        proposed_by_id=None if paper else by.person,
        proposed_at=clock.now(),
        proposed_for_id=by.organisation,
    )
    audit.record(by=by, action="consortium.change_proposed", subject=change, detail=_detail(change))
    _tell_deciders(by, change, known)
    return change


@transaction.atomic
def approve(*, by: Actor, change_id: UUID, version: int | None) -> Change:
    """Be the second person: the change takes effect now, once.

    Raises OutOfReach for the own proposal, Conflict when it was decided or changed meanwhile or can no longer be
    applied; then it stays open.
    """
    change = _held(by, "decide", change_id, version)
    kind = KINDS[change.kind]
    _ask_second(by, change, kind)
    assurance.fresh(by)
    kind.apply(by, change.payload)
    return _decided(by, change, Verdict.APPROVED)


@transaction.atomic
def reject(*, by: Actor, change_id: UUID, version: int | None, reason: str) -> Change:
    """Say no, with a reason the proposer reads."""
    change = _held(by, "decide", change_id, version)
    _ask_second(by, change, KINDS[change.kind])
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why.")}, code="reason_missing")
    change.answer = reason.strip()
    return _decided(by, change, Verdict.REJECTED)


@transaction.atomic
def withdraw(*, by: Actor, change_id: UUID, version: int | None) -> Change:
    """Take the own proposal back before it is decided."""
    return _decided(by, _held(by, "withdraw", change_id, version), Verdict.WITHDRAWN)


def _held(by: Actor, action: str, change_id: UUID, version: int | None) -> Change:
    """The change, locked, as the person saw it."""
    change = CHANGE.fetch(by, action, change_id, lock=True)
    if change.verdict != Verdict.WAITING or version not in (None, change.version):
        raise Conflict(
            _("This proposal was decided in the meantime."),
            code="change_decided",
            detail={"verdict": change.verdict},
        )
    return change


def _ask_second(by: Actor, change: Change, kind: ChangeKind) -> None:
    """Raise Refused unless this person may be the second one of this kind."""
    if by.has(*kind.deciders):
        return
    if by.has(kind.stand_in) and not selectors.deciders(kind, besides=change.proposed_by_id):
        return
    raise Refused(detail={"action": "decide", "kind": change.kind})


def _decided(by: Actor, change: Change, verdict: Verdict) -> Change:
    change.verdict, change.decided_by_id, change.decided_at = verdict, by.person, clock.now()
    change.version += 1
    change.save(update_fields=["verdict", "decided_by", "decided_at", "answer", "version"])
    audit.record(by=by, action=f"consortium.change_{verdict.value}", subject=change, detail=_detail(change))
    close_notice(by=by, key=_key(change))
    if change.proposed_by_id and change.proposed_by_id != by.id:
        notify(
            by=by,
            key=f"{_key(change)}:answer",
            recipients=Recipients(staff=[change.proposed_by_id]),
            level=NoticeLevel.NOTE,
            title=phrase(_("Your proposal was decided: %(verdict)s"), verdict=verdict.label),
            url=reverse("consortium:change", args=[change.pk]),
        )
    return change


def _tell_deciders(by: Actor, change: Change, kind: ChangeKind) -> None:
    told = selectors.deciders(kind, besides=change.proposed_by_id)
    notify(
        by=by,
        key=_key(change),
        recipients=Recipients(staff=told or selectors.stand_ins(kind)),
        level=NoticeLevel.TASK,
        title=phrase(_("A change waits for a second person: %(kind)s"), kind=kind.label),
        url=reverse("consortium:change", args=[change.pk]),
    )


def _key(change: Change) -> str:
    return f"consortium.change:{change.pk}"


def _detail(change: Change) -> dict[str, str | int | bool]:
    return {"kind": change.kind, "subject": str(change.subject or ""), "paper": change.paper}
