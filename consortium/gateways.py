"""Who carries text messages to telephones: the county's gateway over HTTP; in the demonstration, nobody.

An adapter is a class with `send`; the setting SMS_ADAPTER names another one. Each kind of message is registered by
the app that writes it (`text_kind`), which makes its words of the values that were kept.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from kernel.errors import Text
from kernel.posting import Unanswered, post

__all__ = ["Console", "Gateway", "HttpGateway", "NotTaken", "Unanswered", "gateway", "text_kind", "words_of"]

log = logging.getLogger(__name__)

Words: TypeAlias = Callable[[Mapping[str, Any]], Text]
_kinds: Final[dict[str, Words]] = {}


def text_kind(name: str, words: Words) -> None:
    """Register a kind of message; `words(values)` says it in the language of the moment."""
    _kinds[name] = words


def words_of(template: str, values: Mapping[str, Any]) -> str:
    """The words of a message. KeyError for a kind nobody registered."""
    return str(_kinds[template](values))


class NotTaken(Exception):
    """The gateway says no for good (a number nobody has): trying again is of no use."""


class Gateway(Protocol):
    """An adapter to one gateway."""

    def send(self, *, id: UUID, telephone: str, text: str) -> str:
        """Hand one message over; answers the gateway's number of it. The same `id` again is the same message.

        Raises Unanswered when it may be tried again, NotTaken when not.
        """
        ...


class HttpGateway:
    """POST JSON to SMS_URL with the secret as a bearer token; the answer says `accepted` and the message's `id`."""

    def send(self, *, id: UUID, telephone: str, text: str) -> str:
        said = {"id": str(id), "telephone": telephone, "text": text, "sign": settings.SMS_SIGN}
        proof = {"Authorization": f"Bearer {settings.SMS_SECRET}"}
        told = post(settings.SMS_URL, said, patience=settings.SMS_TIMEOUT, headers=proof)
        if told.get("accepted") is True:
            return str(told.get("id", ""))[:80]
        if told.get("accepted") is False:
            raise NotTaken(str(told.get("reason", ""))[:200])
        raise Unanswered("the answer does not say whether the message was taken")


class Console:
    """The demonstration's: nothing leaves the machine; the page /texts/ shows what a telephone would."""

    def send(self, *, id: UUID, telephone: str, text: str) -> str:
        log.info("text message %s would be sent (%s characters)", id, len(text))
        return "console"


def gateway() -> Gateway | None:
    """The adapter of this house; None where nobody carries messages."""
    if settings.SMS_ADAPTER:
        chosen: Gateway = import_string(settings.SMS_ADAPTER)()
        return chosen
    if settings.SMS_URL:
        return HttpGateway()
    return Console() if settings.DEMO else None
