"""What the insurance desk does when others have worked."""

from uuid import UUID

from diagnostics.events import ExamFinished
from insurance_bridge import services
from kernel.actor import Actor
from kernel.outbox import on


@on(ExamFinished, name="insurance_bridge.charge_exam")
def charge_exam(event: ExamFinished, by: Actor) -> None:
    """A rendered exam becomes a fee line."""
    services.charge_exam(by=by, request_id=UUID(event.request_id))
