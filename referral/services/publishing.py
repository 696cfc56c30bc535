"""What a step tells the record: the leg's FHIR resources, and who may read on."""

from datetime import timedelta

from consortium import selectors as consortium
from emr.access import services as access
from emr.access.choices import Basis
from emr.repository import services as repository
from emr.repository.services import Outgoing
from kernel import clock
from kernel.actor import Actor
from referral import fhir
from referral.choices import TERMINAL, UNSENT, Direction, Status
from referral.models import Referral

OWNER = "referral"
READS_ON = timedelta(days=30)
"""The receiving side reads on for this long after the leg has ended."""


def source_of(referral: Referral) -> str:
    """Name of the leg's access ground and of its bed."""
    return f"referral:{referral.pk}"


def publish(by: Actor, referral: Referral) -> None:
    """The leg's resources in one call: content, step, and the plan where there is one."""
    names = consortium.organisation_names([referral.source_id, referral.target_id])
    names |= consortium.names([referral.doctor_id])
    attachments, plan = list(referral.attachments.order_by("pk")), list(referral.plan.order_by("place"))
    resources = [
        fhir.service_request(referral, attachments, names),
        fhir.task(referral, names, at=clock.now()),
    ]
    if plan:
        resources.append(fhir.care_plan(referral, plan, names))
    repository.publish(
        by=by,
        owner=OWNER,
        resources=[
            Outgoing(resource, patient=referral.patient_id, custodian=referral.source_id)
            for resource in resources
        ],
    )


def grant_access(by: Actor, referral: Referral) -> None:
    """The receiving side reads from submission on; after the end for a while, never after a void (invariant 13)."""
    if referral.status in (*UNSENT, Status.ENTERED_IN_ERROR) or referral.submitted_at is None:
        access.close_ground(by=by, source=source_of(referral))
        return
    until = clock.now() + READS_ON if referral.status in TERMINAL else None
    access.open_ground(
        by=by,
        patient_id=referral.patient_id,
        organisation_id=referral.target_id,
        basis=Basis.PLAN if referral.direction == Direction.DOWN else Basis.REFERRAL,
        source=source_of(referral),
        until=until,
    )
    if referral.direction != Direction.DOWN:
        access.open_ground(
            by=by,
            patient_id=referral.patient_id,
            organisation_id=referral.source_id,
            basis=Basis.REFERRAL,
            source=f"{source_of(referral)}:sender",
            until=until,
        )
