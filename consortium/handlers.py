"""What consortium does when something was announced below."""

from uuid import UUID

from consortium import services
from kernel.actor import Actor
from kernel.alarms import AlarmRaised
from kernel.outbox import on


@on(AlarmRaised, name="consortium.tell_alarm")
def tell_alarm(event: AlarmRaised, by: Actor) -> None:
    """The security managers are told."""
    services.tell_alarm(by=by, alarm_id=UUID(event.alarm_id))
