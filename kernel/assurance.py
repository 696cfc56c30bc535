"""Step-up: what weighs much is done only by somebody who proved a moment ago who she is (8.1.4.1 d)."""

from datetime import timedelta
from typing import Final

from kernel import clock
from kernel.actor import Actor, Kind
from kernel.errors import StepUpNeeded

FRESH: Final = timedelta(minutes=10)
"""How long a proof with two factors counts for export, merge, break-glass and changes of rights."""


def fresh(by: Actor) -> None:
    """Raise StepUpNeeded (403) when a person's last proof in this session is older than FRESH.

    Machines prove themselves with every token; an actor without a session was never at the edge.
    """
    if by.kind is not Kind.STAFF or not by.session:
        return
    if by.proved_at is None or clock.now() - by.proved_at > FRESH:
        raise StepUpNeeded
