"""What imaging does when a room below has announced something."""

from uuid import UUID

from emr.repository.events import ResourceRelabelled
from imaging import services
from kernel.actor import Actor
from kernel.outbox import on


@on(ResourceRelabelled, name="imaging.raise_label")
def raise_label(event: ResourceRelabelled, by: Actor) -> None:
    """The study of a relabelled ImagingStudy."""
    if event.kind == "ImagingStudy":
        services.raise_label(by=by, study_id=UUID(event.id), label=event.label)
