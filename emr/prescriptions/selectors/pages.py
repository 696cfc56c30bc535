"""The page on which a prescription is written."""

from dataclasses import dataclass
from uuid import UUID

from consortium import selectors as consortium
from emr.formulary import selectors as formulary
from emr.index.selectors import PatientCard, card
from emr.prescriptions.engine.sheet import Content
from emr.prescriptions.policies import PRESCRIPTION
from emr.prescriptions.selectors import record
from emr.prescriptions.selectors.record import Visit
from emr.prescriptions.selectors.rights import barred, needs_second
from emr.prescriptions.selectors.sheets import Paper, Row, content_of, of_visit
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text


@dataclass(frozen=True, slots=True)
class Writing:
    """The visit, whose record it is, what the institution has, and what was prescribed in the visit already.

    `barred`: why the person cannot prescribe in it; `two`: a physician signs too before the sheet is valid."""

    visit: Visit
    card: PatientCard
    stocked: tuple[str, ...]
    given: tuple[Row, ...]
    place: str
    barred: Text
    two: bool


def may_write(*, by: Actor) -> bool:
    """Whether the post prescribes at all; the licence is asked when it is signed."""
    return PRESCRIPTION.allows(by, "write")


def writing(*, by: Actor, encounter_id: UUID) -> Writing:
    """Raises Refused (403) for a post that does not prescribe, OutOfReach (404) for a visit that is not open."""
    PRESCRIPTION.ask(by, "write")
    visit = record.visit(by=by, encounter_id=encounter_id)
    shown = card(by=by, patient_id=visit.patient_id)
    return Writing(
        visit=visit,
        card=shown,
        stocked=tuple(formulary.stocked_names(shown.organisation_id)),
        given=tuple(of_visit(by=by, encounter_id=encounter_id)),
        barred=barred(by, visit),
        two=needs_second(consortium.licence(by), shown.organisation_id),
        place=consortium.organisation_name(shown.organisation_id),
    )


def anew(*, by: Actor, prescription_id: UUID, encounter_id: UUID) -> Content:
    """What stands on a sheet of one's own in this visit, to be written once more. Raises OutOfReach (404)."""
    row = PRESCRIPTION.fetch(by, "renew", prescription_id)
    if row.encounter_id != encounter_id:
        raise OutOfReach
    return content_of(row)


def kept_from(*, by: Actor, paper: Paper) -> Text:
    """Why its writer cannot sign a lapsed sheet anew now; "" where she can, or where she has not to."""
    if not paper.may_renew:
        return ""
    return barred(by, record.visit(by=by, encounter_id=paper.row.encounter_id))
