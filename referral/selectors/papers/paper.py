"""The paper of a leg: transfer form with its stub (转出单, 存根), or return form (回转单)."""

from dataclasses import dataclass
from uuid import UUID

from consortium import selectors as consortium
from emr.formulary import selectors as formulary
from emr.formulary.selectors import Answer
from emr.index import selectors as index
from emr.index.selectors import Particulars, PatientCard
from kernel import crypto, files, papers
from kernel.actor import Actor
from kernel.crypto import Signature
from kernel.models import PaperSeal
from kernel.sheets.shapes import Sign
from referral.choices import PAPER
from referral.fhir import form_bytes
from referral.models import Attachment, Handover, Medicine, PlanItem, Referral
from referral.policies import REFERRAL
from referral.selectors.criteria.judgement import printed
from referral.selectors.lists.board import Row, rows_of
from referral.selectors.papers.signers import signings, signs


@dataclass(frozen=True, slots=True)
class Paper:
    """What the sheet prints. `genuine`: the signature fits what stands here now; `whole`: number, telephone and
    address in clear, None where they are masked; `drawn`: the name drawn on the screen, a PNG."""

    referral: Referral
    row: Row
    card: PatientCard
    doctor: str
    receiving_doctor: str
    attachments: list[Attachment]
    medicines: list[tuple[Medicine, Answer | None]]
    plan: list[PlanItem]
    handover: Handover | None
    seal: PaperSeal | None
    signs: list[Sign]
    genuine: bool
    criteria: str = ""
    """What the criteria said when the form was written, and why the doctor decided otherwise."""
    drawn: bytes = b""
    whole: Particulars | None = None


def paper(*, by: Actor, referral_id: UUID) -> Paper:
    """The form of a leg, its numbers masked. 404 for a third hospital."""
    return paper_of(by, REFERRAL.fetch(by, "view", referral_id))


def may_print(*, by: Actor) -> bool:
    """Whether the post prints forms with the whole ID number."""
    return REFERRAL.allows(by, "print")


def paper_of(by: Actor, referral: Referral, whole: Particulars | None = None) -> Paper:
    """The form of a leg that was let through already."""
    (row,) = rows_of(by, [referral])
    names = consortium.names([referral.doctor_id, referral.receiving_doctor_id])
    doctor = names.get(referral.doctor_id, "") if referral.doctor_id else referral.outside_doctor
    receiving = names.get(referral.receiving_doctor_id, "") if referral.receiving_doctor_id else ""
    attachments = list(referral.attachments.order_by("kind", "pk"))
    seals = papers.all_of(PAPER, referral.pk)
    drugs = list(referral.medicines.order_by("place"))
    stock = formulary.supply(referral.target_id, [one.name for one in drugs])
    return Paper(
        referral=referral,
        row=row,
        card=index.card(by=by, patient_id=referral.patient_id),
        doctor=doctor,
        receiving_doctor=receiving,
        attachments=attachments,
        medicines=[(one, stock.get(one.name)) for one in drugs],
        plan=list(referral.plan.order_by("place")),
        handover=Handover.objects.filter(referral=referral).first(),
        seal=seals[-1] if seals else None,
        signs=signs(referral, signings(referral, seals), doctor, receiving) if seals else [],
        genuine=_genuine(referral, attachments),
        criteria=printed(referral.criteria),
        drawn=files.read_verified(referral.ink_id) if referral.ink_id else b"",
        whole=whole,
    )


def _genuine(referral: Referral, attachments: list[Attachment]) -> bool:
    made = referral.signature
    if not made:
        return False
    value = Signature(made["algorithm"], made["key_id"], made["value"])
    return crypto.signer().verify(form_bytes(referral, attachments), value)
