"""What every step of a leg does: move, save, history, FHIR, audit, event, access. One transaction, the caller's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.capacity import services as capacity
from emr.index import selectors as index
from kernel import audit, clock, idempotency, outbox
from kernel.actor import Actor, Kind
from kernel.database import prepared, rows
from kernel.errors import Conflict, Invalid, Refused, Text
from kernel.workflow import move
from referral.choices import TERMINAL, TRANSITIONS, UNSENT, Behalf, Event, LegStep, Side, Status, fits
from referral.events import LegMoved
from referral.models import HistoryEntry, Referral
from referral.policies import REFERRAL
from referral.services.leg.facts import facts_of
from referral.services.leg.publishing import Step, publish
from referral.services.leg.reading_on import grant_access
from referral.services.leg.standing import Standing, source_of, standing_of
from referral.services.leg.timing import rescue_ended, start_clock
from referral.services.stats.counting import count

HOUSE = Actor.system("referral")


def done_before(by: Actor, event: Event, referral_id: UUID, key: str) -> bool:
    """Whether this order was carried out already (the same key twice is one effect)."""
    seen = idempotency.first(by=by, verb=f"referral.{event.value}", key=key, subject=referral_id)
    return seen is not None


def fetch(by: Actor, event: Event, referral_id: UUID) -> Referral:
    """The leg, locked: 403 without the role, 404 outside the side."""
    return REFERRAL.fetch(by, event.value, referral_id, lock=True)


def begin(by: Actor, event: Event, referral_id: UUID, key: str, version: int | None) -> tuple[Referral, bool]:
    """The leg of an order, locked, and whether the order was carried out before: then nothing is to be done.

    Raises Conflict (409) before any look at the input when the leg has moved on: what was typed answers nothing.
    """
    if done_before(by, event, referral_id, key):
        return REFERRAL.fetch(by, "view", referral_id), True
    referral = fetch(by, event, referral_id)
    ask_table(referral, event, version)
    return referral, False


def ask_table(referral: Referral, event: Event, version: int | None) -> None:
    """Raise Conflict (409) unless the event exists in this state and direction and the version is the seen one."""
    moved = version is not None and referral.version != version
    if not fits(event, referral.direction) or (referral.status, event) not in TRANSITIONS:
        raise Conflict(
            _meanwhile(referral) if moved else _("In its present state this step is not possible."),
            code="illegal_step",
            detail={"status": referral.status, "event": event.value},
        )
    if moved:
        raise Conflict(
            _meanwhile(referral),
            code="version_conflict",
            detail={"version": referral.version, "status": referral.status},
        )


def _meanwhile(referral: Referral) -> Text | None:
    """Who was faster, with what: so that the slower one knows whom to phone."""
    last = referral.entries.select_related("staff", "organisation").order_by("-version").first()
    if last is None:
        return None
    who = (
        f"{last.organisation.short_name} {last.staff.name}"
        if last.staff and last.organisation
        else _("the platform")
    )
    return _("%(who)s was faster, at %(at)s: %(what)s. Look at the referral again.") % {
        "who": who,
        "at": f"{clock.local(last.happened_at):%H:%M}",
        "what": Event(last.event).label,
    }


def said(field: str, words: str, sentence: object) -> str:
    """The words, trimmed. Raises Invalid (422) at `field` with `sentence` when there are none."""
    if not words.strip():
        raise Invalid(fields={field: sentence})  # type: ignore[dict-item]  # a lazy sentence
    return words.strip()


def step(
    by: Actor,
    referral: Referral,
    event: Event,
    *,
    version: int | None = None,
    words: str = "",
    fields: Iterable[str] = (),
    due_at: datetime | None = None,
    here: Standing | None = None,
) -> None:
    """Take one step along the table and leave every trace of it. `fields` are the columns the verb has set,
    `due_at` a due time the verb knows better than the table, `here` how the leg stands where the verb has asked.

    Raises Conflict (409) for another version or an illegal step, Refused (403) when the row of the table names
    another role or side than the actor's.
    """
    before, changed = Status(referral.status), {*fields}
    ask_table(referral, event, version)
    taken = move(referral, event, TRANSITIONS, version=version)
    _ask(by, referral, event, taken)
    here, now = here or standing_of(referral, by), clock.now()
    if referral.status not in (*TERMINAL, *UNSENT) and (before in UNSENT or "department" in changed):
        changed |= _alone(referral, here, opened=before in UNSENT)
    if referral.status in TERMINAL:
        referral.doubled = False
    kept_to = here.kept[1] if here.kept else None
    start_clock(referral, event, before, now, due_at=due_at, kept_to=kept_to)
    if before == Status.IN_TRANSIT and referral.status != Status.IN_TRANSIT:
        rescue_ended(referral, now)
    if referral.status in TERMINAL or referral.status == Status.NO_SHOW:
        free_bed(referral)
    entry = _write_down(by, referral, event, before, taken, words, now, here)
    count(referral, outside=here.known[referral.target_id].outside)
    publish(by, referral, Step(entry, signed="signature" in changed), here)
    grant_access(by, referral)
    _save(referral, changed)
    audit.record(by=by, action=f"referral.{event.value}", subject=referral, patient=referral.patient_id)
    outbox.emit(
        LegMoved(
            referral_id=str(referral.pk), event=event.value, status=referral.status, version=referral.version
        )
    )


def _ask(by: Actor, referral: Referral, event: Event, taken: LegStep) -> None:
    """Invariant 2: the actor stands on the side the row names, in one of its posts; the clock is no person."""
    if by.kind is Kind.SYSTEM:
        return
    places = {Side.SENDER: {referral.source_id}, Side.RECEIVER: {referral.target_id}}
    here = places.get(taken.side, {referral.source_id, referral.target_id})
    if taken.side == Side.SYSTEM or not here & by.organisations or not by.has(*taken.roles):
        raise Refused(detail={"event": event.value})


OTHERS: Final = """
SELECT EXISTS (
    SELECT 1 FROM referral_referral r JOIN emr_patient p ON p.id = r.patient_id
    WHERE p.person_id = %s AND r.direction = %s AND r.department_id IS NOT DISTINCT FROM %s::uuid
      AND r.id <> %s AND r.status <> ALL(%s::text[]))
"""
CLOSED: Final = sorted(status.value for status in (*TERMINAL, *UNSENT))


def _alone(referral: Referral, here: Standing, *, opened: bool) -> set[str]:
    """Invariants 3, 4 and 15 where a leg opens or is given its department; the columns that were set.

    Raises Conflict (409) for one who has died, a closed institution, or a second open leg of the same person.
    """
    referral.person_id, deceased_at = index.pinned(referral.patient_id)
    if deceased_at:
        raise Conflict(_("The patient has died."), code="deceased")
    if opened and not all(here.known[place].active for place in (referral.source_id, referral.target_id)):
        raise Conflict(_("One of the two institutions is closed: choose another one."), code="closed")
    same = [referral.person_id, referral.direction, referral.department_id, referral.pk, CLOSED]
    with prepared.cursor() as cursor:
        cursor.execute(OTHERS, same)
        if cursor.fetchone()[0]:
            raise _open_already()
    return {"person"}


def _open_already() -> Conflict:
    sentence = _("This patient has an open referral to this department already.")
    return Conflict(sentence, code="already_open")


STEPS: Final = frozenset(
    {"status", "version", "due_at", "call_at", "escalations", "ended_at", "doubled", "published"}
)
"""Columns every step writes."""


def _save(referral: Referral, fields: set[str]) -> None:
    """The row, once. A second open leg that came at the same moment fails the whole verb (409)."""
    try:
        rows.update(referral, STEPS | fields)
    except IntegrityError as error:
        if "the department is closed" in str(error):
            sentence = _("This department is closed: choose another one.")
            raise Conflict(sentence, code="department_closed") from error
        if "referral_one_open_per_department" not in str(error):
            raise
        raise _open_already() from error


def _write_down(
    by: Actor,
    referral: Referral,
    event: Event,
    before: Status,
    taken: LegStep,
    words: str,
    now: datetime,
    here: Standing,
) -> HistoryEntry:
    entry = HistoryEntry(
        referral=referral,
        version=referral.version,
        event=event,
        before=before,
        after=referral.status,
        words=words[:500],
        behalf=taken.behalf or _behalf(by),
        staff_id=by.id if by.kind is Kind.STAFF else None,
        organisation_id=None if by.kind is Kind.SYSTEM else by.organisation,
        happened_at=max(now, here.last_at) if here.last_at else now,
        due_at=referral.due_at,
        facts=facts_of(referral, here.facts, here.names),
    )
    rows.insert(entry)
    return entry


def _behalf(by: Actor) -> str:
    """A hospital outside has no posts: who acts in its place writes down what it said."""
    if by.kind is not Kind.STAFF or by.post is not None or by.organisation is None:
        return ""
    return Behalf.OUTSIDE if consortium.is_outside(by.organisation) else ""


def staff_here(by: Actor) -> UUID | None:
    """The colleague who acts for her own institution; None where a hospital outside does, by message or telephone."""
    return by.id if by.kind is Kind.STAFF and not _behalf(by) else None


def free_bed(referral: Referral, *, cleaning: bool = False) -> None:
    """Leaving a kept bed frees it in the same transaction (invariant 5), whichever side causes it."""
    if referral.bed_id is None and referral.pool_id is None:
        return
    capacity.free(by=HOUSE, source=source_of(referral), cleaning=cleaning)
