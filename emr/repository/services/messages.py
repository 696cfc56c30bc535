"""Messages (Bundle type message) that come in at /fhir/$process-message: the room above registers who takes them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from emr.repository import policies
from emr.repository.choices import Interaction
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Invalid

Taker = Callable[[Actor, Mapping[str, Any]], dict[str, Any]]
_TAKERS: Final[dict[str, Taker]] = {}


def register(system: str, taker: Taker) -> None:
    """Let `taker` take every message whose event is of code system `system`."""
    _TAKERS[system] = taker


@transaction.atomic
def process(*, by: Actor, bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Hand a valid message to who takes its event; answers the message that responds.

    Raises Refused (403) without the scope to write a MessageHeader, Invalid (422) for an event nobody takes here.
    """
    policies.ask(by, Interaction.CREATE, "MessageHeader")
    entries = bundle.get("entry") or [{}]
    header = entries[0].get("resource") or {}
    system = str((header.get("eventCoding") or {}).get("system", ""))
    taker = _TAKERS.get(system)
    if header.get("resourceType") != "MessageHeader" or taker is None:
        raise Invalid(
            _("The first entry is a MessageHeader whose event this server takes."), code="unknown_message"
        )
    answer = taker(by, bundle)
    audit.record(by=by, action="repository.message_processed", detail={"system": system[:100]})
    return answer
