"""The Patient resource is written here and nowhere else."""

from dataclasses import replace

from emr.index import carried, fhir
from emr.repository import services as repository
from kernel import labels
from kernel.actor import Actor

OWNER = "index"


def outgoing(facts: fhir.Facts) -> repository.Outgoing:
    """The hospital's Patient as the repository takes it: sealed, its custodian is the hospital."""
    return repository.Outgoing(
        resource=fhir.patient(facts), patient=facts.id, label=labels.IDENTITY, custodian=facts.organisation_id
    )


def publish_patient(*, by: Actor, facts: fhir.Facts, new: bool = False) -> None:
    """Store a new version of the hospital's Patient, with what its sender said beside the index; `new`: its first."""
    ours = outgoing(facts)
    whole = replace(ours, resource=carried.complete(dict(ours.resource), facts, new=new))
    repository.publish(by=by, owner=OWNER, resources=[whole])
