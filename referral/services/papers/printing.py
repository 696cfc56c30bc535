"""A form goes to paper: with the whole ID number where the law asks for it, and a trace before the first byte."""

from uuid import UUID

from django.db import transaction

from emr.index import selectors as index
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Invalid
from referral.choices import PrintKind
from referral.models import Printout
from referral.policies import REFERRAL
from referral.selectors.papers.paper import Paper, paper_of


@transaction.atomic
def print_form(*, by: Actor, referral_id: UUID, kind: str = PrintKind.FORM, whole: bool = False) -> Paper:
    """What is printed, once it is written down who printed it, at which workplace and when.

    `whole`: with ID number, telephone and address in clear (level 4 of GB/T 39725): for who treats and the referral
    centre, while the record is open to them; anybody who sees the leg prints it masked. The plan the patient takes
    home has no such number. Raises Refused (403), OutOfReach (404), Invalid (422) for an unknown kind.
    """
    if kind not in PrintKind.values:
        raise Invalid(code="unknown_kind")
    whole = whole and kind == PrintKind.FORM
    leg = REFERRAL.fetch(by, "print" if whole else "view", referral_id)
    shown = index.particulars(by=by, patient_id=leg.patient_id) if whole else None
    Printout.objects.create(
        referral=leg,
        kind=kind,
        version=leg.version,
        whole=whole,
        staff_id=by.person,
        organisation_id=by.place,
        workplace=by.address,
        printed_at=clock.now(),
    )
    detail: dict[str, str | int | bool] = {"kind": kind, "whole": whole, "version": leg.version}
    audit.record(by=by, action="referral.printed", subject=leg, patient=leg.patient_id, detail=detail)
    return paper_of(by, leg, shown)
