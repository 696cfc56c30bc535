"""Messages (Bundle type message) that come in at /fhir/$process-message: the room above registers who takes them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from emr.repository import policies
from emr.repository.choices import Interaction
from kernel import audit
from kernel.actor import Actor
from kernel.errors import DomainError, Invalid

Taker = Callable[[Actor, Mapping[str, Any]], dict[str, Any]]
Refuser = Callable[[Actor, Mapping[str, Any], DomainError], None]
_TAKERS: Final[dict[str, tuple[Taker, Refuser | None]]] = {}


def register(system: str, taker: Taker, *, refused: Refuser | None = None) -> None:
    """Let `taker` take every message whose event is of code system `system`; `refused` hears of those it did not
    take, after everything it did was rolled back."""
    _TAKERS[system] = (taker, refused)


def _system(bundle: Mapping[str, Any]) -> str:
    """The code system of a message's event, "" where the first entry is no header."""
    first: Mapping[str, Any] = next(iter(bundle.get("entry") or []), {})
    header = first.get("resource") or {}
    if header.get("resourceType") != "MessageHeader":
        return ""
    return str((header.get("eventCoding") or {}).get("system", ""))


@transaction.atomic
def process(*, by: Actor, bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Hand a valid message to who takes its event; answers the message that responds.

    Raises Refused (403) without the scope to write a MessageHeader, Invalid (422) for an event nobody takes here.
    """
    policies.ask(by, Interaction.CREATE, "MessageHeader")
    system = _system(bundle)
    taker, _refused = _TAKERS.get(system, (None, None))
    if taker is None:
        raise Invalid(
            _("The first entry is a MessageHeader whose event this server takes."), code="unknown_message"
        )
    answer = taker(by, bundle)
    audit.record(by=by, action="repository.message_processed", detail={"system": system[:100]})
    return answer


@transaction.atomic
def turned_away(*, by: Actor, bundle: Mapping[str, Any], why: DomainError) -> None:
    """A message was not taken: who takes its kind keeps what it has to know of that."""
    system = _system(bundle)
    _taker, refused = _TAKERS.get(system, (None, None))
    if refused is not None:
        refused(by, bundle, why)
    audit.record(
        by=by, action="repository.message_refused", detail={"system": system[:100], "code": why.code}
    )
