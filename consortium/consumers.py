"""The socket of an open page: hears what its person is told, says nothing."""

from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from consortium import selectors
from consortium.choices import LONGEST
from consortium.doors import SESSION
from consortium.push import group_of
from kernel import clock

NOBODY = 4401
"""Close code for a socket whose session is over."""


class Notices(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One browser page of somebody who is signed in; her pages form one group."""

    group = ""

    async def connect(self) -> None:
        staff_id = await database_sync_to_async(self._staff_id)()
        if staff_id is None:
            await self.close(code=NOBODY)
            return
        self.group = group_of(staff_id)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Pages have nothing to say here; what they send is not read."""

    async def message(self, event: dict[str, Any]) -> None:
        """One push, on its way to the page."""
        await self.send_json(event["message"])

    def _staff_id(self) -> UUID | None:
        text = self.scope["session"].get(SESSION)
        known = selectors.signed_in(UUID(text)) if text else None
        if known is None or known.ended_at or not known.active or known.started_at + LONGEST < clock.now():
            return None
        return known.staff_id
