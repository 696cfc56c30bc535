"""A physician signs an assistant's sheet too, or refuses to; before that it is not valid and not dispensed.

处方管理办法 art. 8: 经注册的执业助理医师在医疗机构开具的处方，应当经所在执业地点执业医师签名或加盖专用签章后方有效。
"""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.prescriptions.choices import LONGEST_REFUSAL, PAPER, Status
from emr.prescriptions.engine.sheet import counter
from emr.prescriptions.models import Prescription
from emr.prescriptions.policies import PRESCRIPTION
from emr.prescriptions.selectors import rights
from emr.prescriptions.selectors.sheets import content_of, raw
from emr.prescriptions.services.publishing import answered, publish
from kernel import audit, clock, papers
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

DECIDED = ["status", "version", "second", "second_at", "second_words"]


@transaction.atomic
def countersign(*, by: Actor, prescription_id: UUID, version: int | None) -> Prescription:
    """Sign an assistant's sheet too: from now it is valid, its medicines are in force.

    Raises OutOfReach (404) for one's own sheet and another house's, Refused (403) without a physician's licence,
    Conflict (409) for one that does not wait, is past its validity, or changed since it was seen.
    """
    row = _waiting(by, prescription_id, version)
    if row.valid_until_date < clock.today():
        raise Conflict(
            _("Its validity is over: its writer signs it anew with one press, then it waits for you again."),
            code="day_over",
        )
    if row.patient.person.deceased_at:
        raise Conflict(_("The patient has died."), code="deceased")
    _decide(by, row, Status.SIGNED)
    data = counter(raw(row), by.person, row.second_at or clock.now())
    papers.seal(kind=PAPER, subject=row.pk, version=2, data=data)
    _tell(by, row, "emr.prescription_countersigned")
    return row


@transaction.atomic
def refuse(*, by: Actor, prescription_id: UUID, version: int | None, words: str) -> Prescription:
    """Do not sign an assistant's sheet: it never becomes valid, its writer reads why.

    Raises Invalid (422) without words, else as `countersign` does.
    """
    row = _waiting(by, prescription_id, version)
    if not 0 < len(words.strip()) <= LONGEST_REFUSAL:
        raise Invalid(fields={"words": _("Say why, in at most 200 characters.")})
    row.second_words = words.strip()
    _decide(by, row, Status.REFUSED)
    _tell(by, row, "emr.prescription_refused")
    return row


def _waiting(by: Actor, prescription_id: UUID, version: int | None) -> Prescription:
    row = PRESCRIPTION.fetch(by, "countersign", prescription_id, lock=True)
    rights.ask_countersigning(by)
    if row.status != Status.WAITING:
        raise Conflict(_("This prescription does not wait for a countersignature."), code="not_waiting")
    if version is not None and row.version != version:
        raise Conflict(code="version_conflict")
    return row


def _decide(by: Actor, row: Prescription, status: Status) -> None:
    row.status, row.version = status, row.version + 1
    row.second_id, row.second_at = by.person, clock.now()
    row.save(update_fields=DECIDED)


def _tell(by: Actor, row: Prescription, action: str) -> None:
    """The record, the bells and the chain say the same."""
    publish(by, row, content_of(row), papers.all_of(PAPER, row.pk))
    answered(by, row)
    audit.record(by=by, action=action, subject=row, patient=row.patient_id, detail={"number": row.number})
