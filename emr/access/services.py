"""Grounds are opened and closed, records are opened, the glass is broken and judged."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import Role
from emr.access import events, selectors
from emr.access.choices import (
    BREAK_GLASS_LASTS,
    OPENING_REUSED,
    REVIEW_WITHIN,
    Basis,
    BreakGlassReason,
    Purpose,
    Verdict,
)
from emr.access.models import BreakGlass, Ground, Opening, Restriction
from emr.access.policies import BREAK_GLASS
from kernel import audit, clock, idempotency, ids, labels, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach

EXPLANATION_AT_LEAST = 10


@transaction.atomic
def open_ground(
    *,
    by: Actor,
    patient_id: UUID,
    organisation_id: UUID,
    basis: Basis,
    source: str,
    until: datetime | None = None,
    label: int = labels.IDENTITY,
    department_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> Ground:
    """Write down why `organisation_id` may read the person's records until `until`, named by `source`.

    The same source again is the same ground: its end, department and label are brought up to date and a closed
    one is opened again. Called by the verb that makes the ground true, inside its transaction.
    """
    fields = {
        "patient_id": patient_id,
        "organisation_id": organisation_id,
        "department_id": department_id,
        "staff_id": staff_id,
        "basis": basis,
        "label": label,
        "until_at": until,
        "closed_at": None,
    }
    ground, fresh = Ground.objects.update_or_create(
        source=source, defaults=fields, create_defaults={**fields, "opened_at": clock.now()}
    )
    detail: dict[str, str | int | bool] = {
        "basis": str(basis),
        "organisation": str(organisation_id),
        "fresh": fresh,
    }
    audit.record(by=by, action="access.ground_opened", subject=ground, patient=patient_id, detail=detail)
    return ground


@transaction.atomic
def close_ground(*, by: Actor, source: str) -> bool:
    """End what `source` opened. False when nothing was open; what rests on other grounds stays open."""
    ground = Ground.objects.select_for_update().filter(source=source, closed_at__isnull=True).first()
    if ground is None:
        return False
    ground.closed_at = clock.now()
    ground.save(update_fields=["closed_at"])
    audit.record(by=by, action="access.ground_closed", subject=ground, patient=ground.patient_id)
    return True


@transaction.atomic
def restrict(
    *,
    by: Actor,
    patient_id: UUID,
    source: str,
    organisation_id: UUID | None = None,
    label: int = labels.PUBLIC,
) -> Restriction:
    """Keep the person's rows of `label` and above from `organisation_id`, or from all but their custodian."""
    row, _fresh = Restriction.objects.update_or_create(
        source=source,
        defaults={
            "patient_id": patient_id,
            "organisation_id": organisation_id,
            "label": label,
            "closed_at": None,
        },
        create_defaults={
            "patient_id": patient_id,
            "organisation_id": organisation_id,
            "label": label,
            "opened_at": clock.now(),
        },
    )
    audit.record(by=by, action="access.restricted", subject=row, patient=patient_id, detail={"label": label})
    return row


@transaction.atomic
def lift_restriction(*, by: Actor, source: str) -> bool:
    """End a restriction. False when none was in force."""
    row = Restriction.objects.select_for_update().filter(source=source, closed_at__isnull=True).first()
    if row is None:
        return False
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    audit.record(by=by, action="access.restriction_lifted", subject=row, patient=row.patient_id)
    return True


@transaction.atomic
def open_record(*, by: Actor, patient_id: UUID, purpose: str = Purpose.TREATMENT) -> Opening:
    """Open one patient's record: the row of this opening, made and audited once per actor, session and basis.

    Within 30 minutes further looks belong to the same opening. Raises OutOfReach (404, code "no_basis") when
    there is no basis. The caller commits this before it sends the first byte.
    """
    basis = selectors.basis(by=by, patient_id=patient_id)
    if basis is None:
        raise OutOfReach(code="no_basis", detail={"patient": str(patient_id)})
    now = clock.now()
    same = {
        "patient_id": patient_id,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "actor_name": by.name,
        "session": by.session[:64],
        "organisation_id": by.organisation,
        "basis": basis,
        "purpose": purpose,
    }
    recent = (
        Opening.objects.filter(**same, opened_at__gt=now - OPENING_REUSED)
        .order_by("-opened_at", "-pk")
        .first()
    )
    if recent is not None:
        return recent
    opening = Opening.objects.create(**same, opened_at=now)
    detail = {"basis": str(basis), "purpose": str(purpose)}
    audit.record(by=by, action="access.record_opened", subject=opening, patient=patient_id, detail=detail)
    return opening


@transaction.atomic
def break_glass(
    *, by: Actor, key: str, patient_id: UUID, home_id: UUID, reason: BreakGlassReason, explanation: str
) -> BreakGlass:
    """Open a record without another basis for four hours, without level-5 data; 医务科 judges within 72 hours.

    `home_id` is the institution that keeps the record: it is told at once. Raises Invalid for a short explanation.
    """
    BREAK_GLASS.ask(by, "open")
    if len(explanation.strip()) < EXPLANATION_AT_LEAST:
        raise Invalid(fields={"explanation": _("Say in at least ten characters why this cannot wait.")})
    pk = ids.uuid7()
    if done := idempotency.first(by=by, verb="access.break_glass", key=key, subject=pk):
        return BreakGlass.objects.get(pk=done)
    now = clock.now()
    ground = _glass_ground(by, pk, patient_id, now + BREAK_GLASS_LASTS)
    row = BreakGlass.objects.create(
        id=pk,
        ground=ground,
        patient_id=patient_id,
        opened_by_id=by.person,
        organisation_id=by.place,
        reason=reason,
        explanation=explanation.strip(),
        opened_at=now,
        due_at=now + REVIEW_WITHIN,
    )
    audit.record(
        by=by, action="access.glass_broken", subject=row, patient=patient_id, detail={"reason": str(reason)}
    )
    outbox.emit(events.GlassBroken(break_glass_id=str(pk), patient_id=str(patient_id)))
    _tell(by, row, home_id)
    return row


def _glass_ground(by: Actor, break_glass_id: UUID, patient_id: UUID, until: datetime) -> Ground:
    """The ground of a break-glass opening is the person's own; a program has none."""
    return open_ground(
        by=by,
        patient_id=patient_id,
        organisation_id=by.place,
        staff_id=by.person,
        basis=Basis.BREAK_GLASS,
        source=f"break_glass:{break_glass_id}",
        until=until,
        label=labels.IDENTITY,
    )


def _tell(by: Actor, row: BreakGlass, home_id: UUID) -> None:
    """Tell 医务科 of the home institution, and of the head hospital, which judges."""
    head = consortium.head_hospital()
    for place in dict.fromkeys([home_id, head.pk]):
        consortium_services.notify(
            by=by,
            key=f"break_glass:{row.pk}:{place}",
            recipients=consortium_services.Recipients(role=Role.MEDICAL_AFFAIRS, organisation=place),
            level=1,
            title=_("A record was opened by break-glass and waits for review"),
            url=reverse("emr:break_glass_review", args=[row.pk]),
            patient_id=row.patient_id,
        )


@transaction.atomic
def judge(*, by: Actor, break_glass_id: UUID, version: int, verdict: Verdict, text: str) -> BreakGlass:
    """医务科 judges a break-glass opening. Not justified ends it at once and needs a sentence.

    Raises Conflict (409) when it was judged already or the judge is the one who opened it.
    """
    row = BREAK_GLASS.fetch(by, "judge", break_glass_id, lock=True)
    if row.version != version or row.verdict not in (Verdict.PENDING, Verdict.UNCLEAR):
        raise Conflict(code="version_conflict", detail={"verdict": row.verdict})
    if row.opened_by_id == by.id:
        raise Conflict(_("Nobody judges an opening of her own."), code="own_opening")
    if verdict != Verdict.JUSTIFIED and not text.strip():
        raise Invalid(fields={"text": _("Say what is missing or wrong.")})
    row.verdict, row.verdict_text = verdict, text.strip()
    row.reviewed_at, row.reviewed_by_id, row.version = clock.now(), by.id, row.version + 1
    row.save(update_fields=["verdict", "verdict_text", "reviewed_at", "reviewed_by", "version"])
    if verdict == Verdict.UNJUSTIFIED:
        close_ground(by=by, source=row.ground.source)
    audit.record(
        by=by,
        action="access.glass_judged",
        subject=row,
        patient=row.patient_id,
        detail={"verdict": str(verdict)},
    )
    outbox.emit(events.GlassJudged(break_glass_id=str(row.pk), verdict=str(verdict)))
    return row
