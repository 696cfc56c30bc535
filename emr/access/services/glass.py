"""The glass is broken, told, judged; who forgets to judge is reminded."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from emr.access import events, selectors
from emr.access.choices import (
    BREAK_GLASS_LASTS,
    REVIEW_READS,
    REVIEW_WITHIN,
    Basis,
    BreakGlassReason,
    Verdict,
)
from emr.access.models import BreakGlass, Ground
from emr.access.policies import BREAK_GLASS
from emr.access.services.grounds import close_ground, close_grounds, open_ground
from kernel import alarms, assurance, audit, clock, idempotency, ids, labels, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Text

EXPLANATION_AT_LEAST: Final = 10
TOLD: Final = (Role.MEDICAL_AFFAIRS, Role.BRANCH_REVIEWER, Role.BRANCH_DOCTOR)
"""Who is told at the home institution: the first of these that somebody there holds."""
LATE: Final = alarms.named("access.review_late", _("A break-glass opening was not reviewed in time"))


@transaction.atomic
def break_glass(
    *,
    by: Actor,
    key: str,
    patient_id: UUID,
    reason: BreakGlassReason,
    explanation: str,
    sensitive_reason: str = "",
) -> BreakGlass:
    """Open a record without another basis for four hours; 医务科 judges within 72 hours, the home is told at once.

    Specially protected data stays closed but for posts cleared for it that say why (`sensitive_reason`). Raises
    StepUpNeeded, Invalid for a short explanation, Conflict when the record is open anyhow.
    """
    BREAK_GLASS.ask(by, "open")
    assurance.fresh(by)
    _demand_words(explanation, sensitive_reason)
    pk = ids.uuid7()
    if done := idempotency.first(by=by, verb="access.break_glass", key=key, subject=pk):
        return BreakGlass.objects.get(pk=done)
    home = _home_of(patient_id)
    label = labels.SENSITIVE if sensitive_reason.strip() else labels.IDENTITY
    _demand_closed(by, patient_id, label)
    now = clock.now()
    row = BreakGlass.objects.create(
        id=pk,
        ground=_glass_ground(by, pk, patient_id, now + BREAK_GLASS_LASTS, label),
        patient_id=patient_id,
        opened_by_id=by.person,
        organisation_id=by.place,
        review_place_id=_review_place(by),
        reason=reason,
        explanation=explanation.strip(),
        sensitive_reason=sensitive_reason.strip(),
        opened_at=now,
        due_at=now + REVIEW_WITHIN,
    )
    detail: dict[str, str | int | bool] = {"reason": str(reason), "label": label}
    audit.record(by=by, action="access.glass_broken", subject=row, patient=patient_id, detail=detail)
    outbox.emit(events.GlassBroken(break_glass_id=str(pk), patient_id=str(patient_id)))
    _tell(by, row, home)
    return row


def _demand_words(explanation: str, sensitive_reason: str) -> None:
    wrong: dict[str, Text] = {}
    if len(explanation.strip()) < EXPLANATION_AT_LEAST:
        wrong["explanation"] = _("Say in at least ten characters why this cannot wait.")
    if sensitive_reason and len(sensitive_reason.strip()) < EXPLANATION_AT_LEAST:
        wrong["sensitive_reason"] = _("Say in at least ten characters why this cannot wait.")
    if wrong:
        raise Invalid(fields=wrong)


def _home_of(patient_id: UUID) -> UUID:
    """The institution that keeps the record; the index stands above this room, its table does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id FROM emr_patient WHERE id = %s", [patient_id])
        row = cursor.fetchone()
    if row is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    home: UUID = row[0]
    return home


def _demand_closed(by: Actor, patient_id: UUID, label: int) -> None:
    """What is open needs no breaking: a review of it would be noise. More of it (level 5) may be asked for."""
    open_already = selectors.basis(by=by, patient_id=patient_id) is not None
    if open_already and label < labels.SENSITIVE:
        raise Conflict(_("This record is open to you already."), code="open_already")
    if label > by.clearance:
        raise Conflict(
            _("Your post is not cleared for specially protected data; leave that part empty."),
            code="clearance",
        )


def _glass_ground(by: Actor, break_glass_id: UUID, patient_id: UUID, until: datetime, label: int) -> Ground:
    """The ground of a break-glass opening is the person's own; a program has none."""
    return open_ground(
        by=by,
        patient_id=patient_id,
        organisation_id=by.place,
        staff_id=by.person,
        basis=Basis.BREAK_GLASS,
        source=f"break_glass:{break_glass_id}",
        until=until,
        label=label,
    )


def _review_place(by: Actor) -> UUID:
    """The opener's institution when somebody else there is 医务科, else the next above it; at last the head."""
    place: UUID | None = by.place
    while place is not None:
        if set(consortium.holders(Role.MEDICAL_AFFAIRS, place)) - {by.person}:
            return place
        place = consortium.organisation(place).parent_id
    return consortium.head_hospital().pk


def _tell(by: Actor, row: BreakGlass, home: UUID) -> None:
    """The home institution learns that a record of it was opened, the judges that they have to judge."""
    told = next((role for role in TOLD if consortium.holders(role, home)), Role.MEDICAL_AFFAIRS)
    _notify(
        by, row, "home", told, home, _("A record of your institution was opened by break-glass"), "emr:chart"
    )
    title = _("A record was opened by break-glass and waits for review")
    _notify(by, row, "review", Role.MEDICAL_AFFAIRS, row.review_place_id, title, "emr:break_glass_review")


def _notify(
    by: Actor,
    row: BreakGlass,
    what: str,
    role: Role,
    place: UUID | None,
    title: Text,
    page: str,
    level: int = 1,
) -> int:
    return consortium_services.notify(
        by=by,
        key=f"break_glass:{row.pk}:{what}",
        recipients=consortium_services.Recipients(role=role, organisation=place),
        level=level,
        title=title,
        url=reverse(page, args=[row.patient_id if page == "emr:chart" else row.pk]),
        patient_id=row.patient_id,
    )


@transaction.atomic
def read_for_review(*, by: Actor, break_glass_id: UUID) -> BreakGlass:
    """The judge opens the record she judges about, for two hours. Raises Conflict once it is judged."""
    row = BREAK_GLASS.fetch(by, "judge", break_glass_id, lock=True)
    _demand_open(row, by)
    open_ground(
        by=by,
        patient_id=row.patient_id,
        organisation_id=by.place,
        staff_id=by.person,
        basis=Basis.REVIEW,
        source=f"{_review_source(row)}{by.person}",
        until=clock.now() + REVIEW_READS,
    )
    audit.record(by=by, action="access.review_begun", subject=row, patient=row.patient_id)
    return row


def _review_source(row: BreakGlass) -> str:
    return f"break_glass_review:{row.pk}:"


def _demand_open(row: BreakGlass, by: Actor) -> None:
    if row.verdict not in (Verdict.PENDING, Verdict.UNCLEAR):
        raise Conflict(code="version_conflict", detail={"verdict": row.verdict})
    if row.opened_by_id == by.id:
        raise Conflict(_("Nobody judges an opening of her own."), code="own_opening")


@transaction.atomic
def judge(*, by: Actor, break_glass_id: UUID, version: int, verdict: Verdict, text: str) -> BreakGlass:
    """医务科 judges a break-glass opening. Not justified ends it at once and needs a sentence.

    Raises Conflict (409) when it was judged already or the judge is the one who opened it.
    """
    row = BREAK_GLASS.fetch(by, "judge", break_glass_id, lock=True)
    if row.version != version:
        raise Conflict(code="version_conflict", detail={"verdict": row.verdict})
    _demand_open(row, by)
    if verdict != Verdict.JUSTIFIED and not text.strip():
        raise Invalid(fields={"text": _("Say what is missing or wrong.")})
    row.verdict, row.verdict_text = verdict, text.strip()
    row.reviewed_at, row.reviewed_by_id, row.version = clock.now(), by.id, row.version + 1
    row.save(update_fields=["verdict", "verdict_text", "reviewed_at", "reviewed_by", "version"])
    if verdict == Verdict.UNJUSTIFIED:
        close_ground(by=by, source=row.ground.source)
    if verdict != Verdict.UNCLEAR:
        close_grounds(by=by, prefix=_review_source(row))
    detail = {"verdict": str(verdict)}
    audit.record(by=by, action="access.glass_judged", subject=row, patient=row.patient_id, detail=detail)
    outbox.emit(events.GlassJudged(break_glass_id=str(row.pk), verdict=str(verdict)))
    return row


@transaction.atomic
def remind(*, by: Actor) -> int:
    """Reviews due within a day are called to mind once; overdue ones go to the security managers as well.

    How many people were told. Run by the clock.
    """
    now, told = clock.now(), 0
    for row in selectors.awaiting(now=now):
        told += _overdue(by, row) if row.due_at <= now else _due(by, row)
    audit.record(by=by, action="access.reviews_reminded", detail={"told": told})
    return told


def _due(by: Actor, row: BreakGlass) -> int:
    title = _("A break-glass review is due within a day")
    return _notify(by, row, "due", Role.MEDICAL_AFFAIRS, row.review_place_id, title, "emr:break_glass_review")


def _overdue(by: Actor, row: BreakGlass) -> int:
    """医务科 once more and louder; the security managers, who see who, when and why but not whose record."""
    title = _("A break-glass review is overdue")
    place, page = row.review_place_id, "emr:break_glass_review"
    told = _notify(by, row, "late", Role.MEDICAL_AFFAIRS, place, title, page, NoticeLevel.URGENT)
    higher = consortium_services.notify(
        by=by,
        key=f"break_glass:{row.pk}:escalated",
        recipients=consortium_services.Recipients(staff=consortium.everywhere(Role.SECURITY_MANAGER)),
        level=NoticeLevel.URGENT,
        title=title,
        url=reverse("emr:glass_overview"),
    )
    if higher:
        alarms.alarm(LATE, by=by, level=2, subject=row)
    return told + higher
