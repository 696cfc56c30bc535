"""An institution closes: from a day on it takes nobody and refers nobody; until that day it may be taken back. Two
people agree to either: who asks at the consortium office, and a leader."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import events, selectors
from consortium.choices import CLOSABLE, CLOSING, STAYING, Role, Verdict
from consortium.kinds import Line, change_kind
from consortium.models import Change, Organisation
from consortium.policies import ORGANISATION
from kernel import audit, clock, outbox
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, Refused, Text


@transaction.atomic
def close_organisation(*, by: Actor, organisation_id: UUID, day: date, reason: str) -> Organisation:
    """From `day` (today or later) on the institution is closed: no target, no sender, no bed of it is kept any more.

    Who has legs open towards it hears of it now. Another day may be said until it is closed. Raises Invalid (422)
    for a day that is over or a place that cannot close, Conflict (409) for one that is closed.
    """
    organisation = ORGANISATION.fetch(by, "close", organisation_id, lock=True)
    _ask_closable(organisation, day)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why.")})
    organisation.closes_date = day
    organisation.active = day > clock.today()
    organisation.save(update_fields=["closes_date", "active"])
    audit.record(
        by=by, action="consortium.organisation_closes", subject=organisation, detail={"day": day.isoformat()}
    )
    _announce(organisation)
    return organisation


@transaction.atomic
def keep_open(*, by: Actor, organisation_id: UUID, day: date, reason: str) -> Organisation:
    """The closing announced for `day` is taken back before it: the institution stays open, and who was told of the
    closing hears of it.

    Raises Conflict (409) for an institution that is closed already, was never to close, or closes on another day.
    """
    organisation = ORGANISATION.fetch(by, "close", organisation_id, lock=True)
    _ask_announced(organisation, day)
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why.")})
    organisation.closes_date = None
    organisation.save(update_fields=["closes_date"])
    told = {"organisation_id": str(organisation.pk), "day": day.isoformat()}
    audit.record(
        by=by, action="consortium.organisation_stays", subject=organisation, detail={"day": told["day"]}
    )
    outbox.emit(events.OrganisationChanged(organisation_id=str(organisation.pk)))
    outbox.emit(events.OrganisationStays(**told, round=_taken_back(organisation)))
    return organisation


@transaction.atomic
def close_due(*, by: Actor) -> int:
    """Close the institutions whose day has come; how many."""
    rows = ORGANISATION.rows(by, "close").filter(active=True, closes_date__lte=clock.today())
    due = list(rows.select_for_update().order_by("pk"))
    for organisation in due:
        organisation.active = False
        organisation.save(update_fields=["active"])
        audit.record(by=by, action="consortium.organisation_closed", subject=organisation)
        _announce(organisation)
    return len(due)


def _announce(organisation: Organisation) -> None:
    outbox.emit(events.OrganisationChanged(organisation_id=str(organisation.pk)))
    outbox.emit(
        events.OrganisationCloses(
            organisation_id=str(organisation.pk),
            day=f"{organisation.closes_date:%Y-%m-%d}",
            closed=not organisation.active,
            round=_taken_back(organisation),
        )
    )


def _taken_back(organisation: Organisation) -> int:
    """How often an announced closing of it was taken back."""
    agreed = {"kind": STAYING, "subject": organisation.pk, "verdict": Verdict.APPROVED}
    return Change.objects.filter(**agreed).count()


def _ask_closable(organisation: Organisation, day: date) -> None:
    if not organisation.active:
        raise Conflict(_("This institution is closed already."), code="closed")
    wrong: dict[str, Text] = {}
    if organisation.kind not in CLOSABLE:
        wrong["place"] = _("The consortium stands on this institution: it cannot be closed here.")
    if day < clock.today():
        wrong["day"] = _("It closes today or later: what was done until now stays as it was.")
    if wrong:
        raise Invalid(fields=wrong)


def _ask_announced(organisation: Organisation, day: date) -> None:
    if not organisation.active or day <= clock.today():
        raise Conflict(_("This institution is closed already."), code="closed")
    if organisation.closes_date != day:
        raise Conflict(_("No closing on this day is announced for this institution."), code="not_closing")


def _ask_office(by: Actor) -> None:
    if by.kind is Kind.STAFF and by.organisation != selectors.consortium_office():
        raise Refused(detail={"action": "close", "model": "consortium.organisation"})


def _check(by: Actor, payload: Mapping[str, Any]) -> None:
    """Asked for at the consortium office, of a place that can close."""
    _ask_office(by)
    _ask_closable(selectors.organisation(payload["organisation"]), date.fromisoformat(str(payload["day"])))


def _apply(by: Actor, payload: Mapping[str, Any]) -> None:
    day = max(date.fromisoformat(str(payload["day"])), clock.today())
    close_organisation(
        by=by, organisation_id=UUID(payload["organisation"]), day=day, reason=payload["reason"]
    )


def _described(payload: Mapping[str, Any]) -> Text:
    name = selectors.organisation_name(UUID(payload["organisation"]))
    return _("%(name)s closes on %(day)s") % {"name": name, "day": payload["day"]}


def _compared(payload: Mapping[str, Any]) -> list[Line]:
    name = selectors.organisation_name(UUID(payload["organisation"]))
    after = _("closed from %(day)s on") % {"day": payload["day"]}
    return [(name, pgettext_lazy("institution", "open"), after)]


change_kind(
    CLOSING,
    label=_("Close an institution"),
    apply=_apply,
    describe=_described,
    check=_check,
    compare=_compared,
    proposers=frozenset({str(Role.MEDICAL_AFFAIRS)}),
    deciders=frozenset({str(Role.LEADER)}),
)


def _check_staying(by: Actor, payload: Mapping[str, Any]) -> None:
    """Asked for at the consortium office, of a place whose closing is announced and has not come."""
    _ask_office(by)
    day = date.fromisoformat(str(payload["day"]))
    _ask_announced(selectors.organisation(payload["organisation"]), day)


def _apply_staying(by: Actor, payload: Mapping[str, Any]) -> None:
    day = date.fromisoformat(str(payload["day"]))
    keep_open(by=by, organisation_id=UUID(payload["organisation"]), day=day, reason=payload["reason"])


def _staying_described(payload: Mapping[str, Any]) -> Text:
    name = selectors.organisation_name(UUID(payload["organisation"]))
    return _("%(name)s does not close on %(day)s: it stays open") % {"name": name, "day": payload["day"]}


def _staying_compared(payload: Mapping[str, Any]) -> list[Line]:
    name = selectors.organisation_name(UUID(payload["organisation"]))
    before = _("closed from %(day)s on") % {"day": payload["day"]}
    return [(name, before, pgettext_lazy("institution", "open"))]


change_kind(
    STAYING,
    label=_("Take an announced closing back"),
    apply=_apply_staying,
    describe=_staying_described,
    check=_check_staying,
    compare=_staying_compared,
    proposers=frozenset({str(Role.MEDICAL_AFFAIRS)}),
    deciders=frozenset({str(Role.LEADER)}),
)
