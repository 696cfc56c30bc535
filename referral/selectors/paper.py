"""The paper of a leg: transfer form with its stub (转出单, 存根), or return form (回转单)."""

from dataclasses import dataclass
from uuid import UUID

from consortium import selectors as consortium
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import crypto
from kernel.actor import Actor
from kernel.crypto import Signature
from referral.fhir import form_bytes
from referral.models import Attachment, PlanItem, Referral
from referral.policies import REFERRAL
from referral.selectors.board import Row, rows_of
from referral.selectors.judgement import printed


@dataclass(frozen=True, slots=True)
class Paper:
    """What the sheet prints; `genuine` says whether the signature fits what stands here now."""

    referral: Referral
    row: Row
    card: PatientCard
    doctor: str
    receiving_doctor: str
    attachments: list[Attachment]
    plan: list[PlanItem]
    genuine: bool
    criteria: str = ""
    """What the criteria said when the form was written, and why the doctor decided otherwise."""


def paper(*, by: Actor, referral_id: UUID) -> Paper:
    """The form of a leg. 404 for a third hospital."""
    referral = REFERRAL.fetch(by, "view", referral_id)
    (row,) = rows_of(by, [referral])
    names = consortium.names([referral.doctor_id, referral.receiving_doctor_id])
    attachments = list(referral.attachments.order_by("kind", "pk"))
    return Paper(
        referral=referral,
        row=row,
        card=index.card(by=by, patient_id=referral.patient_id),
        doctor=names.get(referral.doctor_id, "") if referral.doctor_id else referral.outside_doctor,
        receiving_doctor=names.get(referral.receiving_doctor_id, "") if referral.receiving_doctor_id else "",
        attachments=attachments,
        plan=list(referral.plan.order_by("place")),
        genuine=_genuine(referral, attachments),
        criteria=printed(referral.criteria),
    )


def _genuine(referral: Referral, attachments: list[Attachment]) -> bool:
    made = referral.signature
    if not made:
        return False
    value = Signature(made["algorithm"], made["key_id"], made["value"])
    return crypto.signer().verify(form_bytes(referral, attachments), value)
