"""The socket of an open page: hears what its person is told, says nothing."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from consortium import selectors
from consortium.doors import SESSION
from consortium.push import group_of, group_of_session
from consortium.selectors import SignedIn

NOBODY: Final = 4401
"""Close code for a socket whose session is over."""
LOOKS_EVERY: Final = 30.0
"""Seconds after which a socket asks by itself whether its session still stands: a push may be lost."""


def language_of(scope: Mapping[str, Any]) -> str:
    """The language of the page that opened this socket: chosen, else the browser's, as for pages."""
    asked = HttpRequest()
    asked.COOKIES = scope["cookies"]
    asked.META["HTTP_ACCEPT_LANGUAGE"] = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(asked)


class Notices(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One browser page of somebody who is signed in; her pages form one group, those of a session another."""

    groups_joined: tuple[str, ...] = ()
    watch: asyncio.Task[None] | None = None
    language: str = settings.LANGUAGE_CODE

    async def connect(self) -> None:
        known = await database_sync_to_async(self._known)()
        if known is None:
            await self.close(code=NOBODY)
            return
        self.groups_joined = (group_of(known.staff_id), group_of_session(known.session_id))
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        self.language = language_of(self.scope)
        await self.accept()
        self.watch = asyncio.create_task(self._watch())

    async def disconnect(self, code: int) -> None:
        if self.watch:
            self.watch.cancel()
            with suppress(asyncio.CancelledError):
                await self.watch
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Pages have nothing to say here; what they send is not read."""

    async def message(self, event: dict[str, Any]) -> None:
        """One push, on its way to the page, in the page's language."""
        message = dict(event["message"])
        if said := message.pop("said", None):
            with translation.override(self.language):
                message["title"] = selectors.worded(message["title"], said)
        await self.send_json(message)

    async def over(self, event: dict[str, Any]) -> None:
        """The session has ended: nothing more is told here."""
        await self.close(code=NOBODY)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            if await database_sync_to_async(self._known)() is None:
                await self.close(code=NOBODY)
                return

    def _known(self) -> SignedIn | None:
        text = self.scope["session"].get(SESSION)
        known = selectors.signed_in(UUID(text)) if text else None
        return None if known is None or known.over else known
