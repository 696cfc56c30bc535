"""The insured visit: opened for a patient, checked with the centre (1101), numbered by it (2401)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.index import selectors as index
from insurance_bridge.choices import CERTIFICATE, MED_TYPE, OPEN_VISIT, SettlementStatus, VisitKind, level_of
from insurance_bridge.engine.money import cents
from insurance_bridge.models import Message, Visit
from insurance_bridge.policies import VISIT
from insurance_bridge.services import messages
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach


@transaction.atomic
def open_visit(
    *, by: Actor, key: str, patient_id: UUID, kind: str, encounter_id: str = "", referral_ref: str = ""
) -> Visit:
    """Open the insured visit of a patient at the actor's institution, or return the one of this encounter."""
    VISIT.ask(by, "open")
    if by.organisation is None:
        raise Invalid(code="no_institution")
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="insurance.open_visit", key=key, subject=pk):
        return VISIT.fetch(by, "view", earlier)
    if access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    if encounter_id:
        same = VISIT.rows(by, "view").filter(organisation=by.organisation, encounter_id=encounter_id).first()
        if same is not None:
            return same
    visit = Visit.objects.create(
        id=pk,
        patient_id=patient_id,
        organisation_id=by.organisation,
        encounter_id=encounter_id,
        referral_ref=referral_ref,
        kind=VisitKind(kind),
        begun_at=clock.now(),
    )
    audit.record(by=by, action="insurance.visit_opened", subject=visit, patient=patient_id)
    return visit


@transaction.atomic
def check_eligibility(*, by: Actor, visit_id: UUID) -> Visit:
    """Ask the centre who this is and which welfare identities are valid (1101). The answer comes by worker.

    Raises Invalid ("no_id_number") for somebody without a document.
    """
    visit = VISIT.fetch(by, "check", visit_id, lock=True)
    identity = index.identity(by=by, patient_id=visit.patient_id)
    if not identity.id_number:
        words = _("Without a document the centre cannot be asked. Enter the document of this patient first.")
        raise Invalid(words, code="no_id_number")
    data = {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": identity.id_number,
        "card_sn": "",
        "begntime": f"{clock.local(visit.begun_at):%Y-%m-%d %H:%M:%S}",
        "psn_cert_type": CERTIFICATE[identity.id_kind],
        "certno": identity.id_number,
        "psn_name": identity.name,
    }
    messages.commit(
        by=by,
        infno="1101",
        organisation_id=visit.organisation_id,
        subject=visit.pk,
        data={"data": data},
        visit=visit,
    )
    audit.record(by=by, action="insurance.eligibility_asked", subject=visit, patient=visit.patient_id)
    return visit


def open_at_centre(by: Actor, visit: Visit) -> None:
    """Commit 2401/2201: the centre gives the visit its number."""
    if not visit.psn_no:
        raise Conflict(code="not_checked")
    organisation = consortium.organisation(visit.organisation_id)
    data = {
        "psn_no": visit.psn_no,
        "insutype": visit.insutype,
        "begntime": f"{clock.local(visit.begun_at):%Y-%m-%d %H:%M:%S}",
        "med_type": MED_TYPE[visit.kind],
        "level": str(level_of(organisation.kind)),
    }
    messages.commit(
        by=by,
        infno=OPEN_VISIT[visit.kind],
        organisation_id=visit.organisation_id,
        subject=visit.pk,
        data={"data": data},
        visit=visit,
        settlement=visit.settlements.filter(status=SettlementStatus.REQUESTED).first(),
    )


def post_person(by: Actor, message: Message, output: Mapping[str, Any]) -> None:
    """The answer to 1101: insured how, with which welfare identities."""
    visit = VISIT.fetch(by, "check", message.subject, lock=True)
    insured = output["insuinfo"][0]
    visit.psn_no = output["baseinfo"]["psn_no"]
    visit.insutype = insured["insutype"]
    visit.insured_region = insured["insuplc_admdvs"]
    visit.balance = cents(insured["balc"])
    visit.identities = [
        {
            "code": entry["psn_idet_type"],
            "begin": entry["begntime"][:10],
            "end": (entry.get("endtime") or "")[:10],
        }
        for entry in output["idetinfo"]
    ]
    visit.checked_at, visit.refusal = clock.now(), ""
    fields = ["psn_no_sealed", "insutype", "insured_region", "balance", "identities", "checked_at", "refusal"]
    visit.save(update_fields=fields)
    audit.record(by=by, action="insurance.eligibility_known", subject=visit, patient=visit.patient_id)


def refuse_person(by: Actor, message: Message, words: str) -> None:
    """The centre does not know her, or not under this name."""
    visit = VISIT.fetch(by, "check", message.subject, lock=True)
    visit.refusal, visit.checked_at = words[:200], clock.now()
    visit.save(update_fields=["refusal", "checked_at"])
    audit.record(by=by, action="insurance.eligibility_refused", subject=visit, patient=visit.patient_id)
