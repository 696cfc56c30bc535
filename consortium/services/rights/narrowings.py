"""Narrowings: what a role may do less of somewhere. Set and ended by the house once two people agreed."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from consortium import selectors, wording
from consortium.kinds import Line, Payload, change_kind
from consortium.models import Narrowing
from consortium.payloads import narrowing_payload
from consortium.policies import NARROWING
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Refused, Text
from kernel.policy import POLICIES

HOUSE = Actor.system("consortium")
EVERY = "*"
KEPT = frozenset({"consortium.change", "consortium.narrowing", "consortium.staffsession"})
"""What no narrowing touches: with it the two managers could lock themselves out of undoing it."""


@transaction.atomic
def narrow(*, by: Actor, payload: Payload, given_by: str = "") -> Narrowing:
    """Take an action from a role somewhere, from the next request on. `given_by`: who approved it."""
    NARROWING.ask(by, "set")
    row = Narrowing(
        role=payload["role"],
        organisation_id=payload["organisation"] or None,
        department_id=payload["department"] or None,
        staff_id=payload["staff"] or None,
        model=payload["model"],
        action=payload["action"],
        period=DateRange(clock.today(), None, "[)"),
        given_by=given_by or by.name,
    )
    row.save(force_insert=True)
    taken = f"{row.model}.{row.action}"
    audit.record(by=by, action="consortium.narrowing_set", subject=row, detail={"taken": taken})
    return row


@transaction.atomic
def widen(*, by: Actor, narrowing_id: UUID, ended_by: str = "") -> Narrowing:
    """End a narrowing: the policy in code is the limit again. Raises Conflict when it has ended."""
    row = NARROWING.fetch(by, "end", narrowing_id, lock=True)
    if not row.runs:
        raise Conflict(_("This narrowing has already ended."), code="narrowing_ended")
    row.period = DateRange(row.period.lower, max(row.period.lower, clock.today()), "[)")
    row.ended_by = ended_by or by.name
    row.save(update_fields=["period", "ended_by"])
    taken = f"{row.model}.{row.action}"
    audit.record(by=by, action="consortium.narrowing_ended", subject=row, detail={"taken": taken})
    return row


def may_narrow(by: Actor, payload: Payload) -> None:
    """It names a table and an action of the policy in code, and somebody else than the one who asks."""
    of_model = [one.table for one in POLICIES if one.model._meta.label_lower == payload["model"]]
    actions = {EVERY, *(action for table in of_model for action in table)} if of_model else set()
    if payload["model"] in KEPT or payload["action"] not in actions:
        raise Invalid(fields={"taken": _("No policy knows this.")}, code="unknown_action")
    named = [payload["role"], payload["organisation"], payload["department"], payload["staff"]]
    if not any(named):
        raise Invalid(_("Say whom it concerns: a role, a place or a person."), code="nobody_named")
    if payload["staff"] and payload["staff"] == str(by.id):
        raise Refused(_("Nobody changes the own rights."), code="own_account")


def words_of_set(payload: Payload) -> Text:
    return said("%(who)s: no longer %(what)s") % {"who": _whom(payload), "what": _what(payload)}


def lines_of_set(payload: Payload) -> list[Line]:
    return [
        (_("Whom it concerns"), _whom(payload), _whom(payload)),
        (_what(payload), said("as the role allows"), said("taken away")),
    ]


def words_of_ended(payload: Payload) -> Text:
    row = _payload_of(selectors.narrowing(UUID(payload["narrowing"])))
    return said("%(who)s: again %(what)s, as the role allows") % {"who": _whom(row), "what": _what(row)}


def lines_of_ended(payload: Payload) -> list[Line]:
    row = _payload_of(selectors.narrowing(UUID(payload["narrowing"])))
    return [
        (_("Whom it concerns"), _whom(row), _whom(row)),
        (_what(row), said("taken away"), said("as the role allows")),
    ]


def may_end(by: Actor, payload: Payload) -> None:
    row = selectors.narrowing(UUID(payload["narrowing"]))
    if row.staff_id and row.staff_id == by.id:
        raise Refused(_("Nobody changes the own rights."), code="own_account")


def end(by: Actor, payload: Payload) -> Narrowing:
    may_end(by, payload)
    return widen(by=HOUSE, narrowing_id=UUID(payload["narrowing"]), ended_by=by.name)


def _payload_of(row: Narrowing) -> dict[str, Any]:
    return narrowing_payload(
        model=row.model,
        action=row.action,
        role=row.role,
        organisation_id=row.organisation_id,
        department_id=row.department_id,
        staff_id=row.staff_id,
    )


def _whom(payload: Payload) -> str:
    return selectors.whom(
        role=payload["role"],
        organisation=payload["organisation"],
        department=payload["department"],
        staff=payload["staff"],
    )


def _what(payload: Payload) -> str:
    return wording.taken(payload["model"], payload["action"])


change_kind(
    "narrowing.set",
    label=_("Take something from a role"),
    apply=lambda by, payload: narrow(by=HOUSE, payload=payload, given_by=by.name),
    describe=words_of_set,
    check=may_narrow,
    compare=lines_of_set,
)
change_kind(
    "narrowing.end",
    label=_("End a narrowing"),
    apply=end,
    describe=words_of_ended,
    check=may_end,
    compare=lines_of_ended,
)
