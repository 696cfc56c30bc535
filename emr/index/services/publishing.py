"""The Patient resource is written here and nowhere else."""

from emr.index import carried, fhir
from emr.repository import services as repository
from kernel import labels
from kernel.actor import Actor

OWNER = "index"


def publish_patient(*, by: Actor, facts: fhir.Facts) -> None:
    """Store a new version of the hospital's Patient; sealed, its custodian is the hospital."""
    repository.publish(
        by=by,
        owner=OWNER,
        resources=[
            repository.Outgoing(
                resource=carried.complete(fhir.patient(facts), facts),
                patient=facts.id,
                label=labels.IDENTITY,
                custodian=facts.organisation_id,
            )
        ],
    )
