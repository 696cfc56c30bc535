"""What the repository does when a room below has announced something."""

from emr.access.events import LabelsChanged
from emr.repository import services
from kernel.actor import Actor
from kernel.outbox import on


@on(LabelsChanged, name="repository.look_through")
def look_through(event: LabelsChanged, by: Actor) -> None:
    """Everything stored is judged by the changed table."""
    services.ask_sweep(by=by)
