"""A signed sheet is made void (作废); its medicines are stopped in the record."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from emr.prescriptions import fhir
from emr.prescriptions.choices import CHOSEN, PAPER, Status, VoidReason
from emr.prescriptions.models import Prescription
from emr.prescriptions.policies import PRESCRIPTION
from emr.prescriptions.selectors.sheets import content_of
from emr.prescriptions.services.publishing import answered, publish
from kernel import audit, clock, papers
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid


@transaction.atomic
def void(
    *, by: Actor, prescription_id: UUID, version: int | None, reason: str, words: str = ""
) -> Prescription:
    """Make a sheet void. One written by mistake was never meant (entered-in-error), any other is stopped (cancelled).

    Raises Invalid (422) without a reason, Conflict (409) for one that is void already, was never valid, or changed
    since it was seen.
    """
    row = PRESCRIPTION.fetch(by, "void", prescription_id, lock=True)
    if row.status == Status.REFUSED:
        raise Conflict(_("This prescription never became valid."), code="not_valid")
    if row.status == Status.VOID:
        raise Conflict(_("This prescription is void already."), code="already_void")
    if version is not None and row.version != version:
        raise Conflict(code="version_conflict")
    if reason not in CHOSEN:
        raise Invalid(fields={"reason": pgettext("prescription", "Choose why.")})
    return end(by, row, VoidReason(reason), words)


def end(by: Actor, row: Prescription, reason: VoidReason, words: str) -> Prescription:
    """Void in the table, the record, the bells and the chain."""
    row.status, row.version = Status.VOID, row.version + 1
    row.voided_at, row.voided_by_id = clock.now(), by.person
    row.void_reason, row.void_words = reason, words.strip()[:200]
    row.save(update_fields=["status", "version", "voided_at", "voided_by", "void_reason", "void_words"])
    seals = papers.all_of(PAPER, row.pk)
    if not seals:
        raise Conflict(code="no_seal")
    publish(by, row, content_of(row), seals, void=_void(by, row))
    if row.needs_second:
        answered(by, row)
    audit.record(
        by=by,
        action="emr.prescription_voided",
        subject=row,
        patient=row.patient_id,
        detail={"reason": str(reason)},
    )
    return row


def _void(by: Actor, row: Prescription) -> fhir.Void:
    status = "entered-in-error" if row.void_reason == VoidReason.MISTAKE else "cancelled"
    words = str(VoidReason(row.void_reason).label)
    return fhir.Void(
        status=status,
        code=row.void_reason,
        words=f"{words}；{row.void_words}" if row.void_words else words,
        at=(row.voided_at or clock.now()).astimezone(clock.COUNTY),
        by=by.person,
        name=by.display or by.name,
    )
