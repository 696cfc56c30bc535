"""Messages to open pages over /ws/: after the commit, best effort; the rows in the database are the truth."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from consortium import selectors

log = logging.getLogger(__name__)

Message = Mapping[str, Any]


def group_of(staff_id: UUID | str) -> str:
    """Name of the channel group of one person's open pages."""
    return f"staff.{staff_id}"


def group_of_session(session_id: UUID | str) -> str:
    """Name of the channel group of the open pages of one session."""
    return f"session.{session_id}"


def close_after_commit(session_ids: Sequence[UUID]) -> None:
    """Tell the pages of these sessions, once the transaction has committed, that they are over.

    With a dead Redis each socket finds out by itself within half a minute.
    """
    if session_ids:
        transaction.on_commit(lambda: _close_all(session_ids), robust=True)


def _close_all(session_ids: Sequence[UUID]) -> None:
    try:
        async_to_sync(_close)(session_ids)
    except (OSError, RedisError) as problem:
        log.warning("push failed, the sockets will look by themselves: %s", problem)


async def _close(session_ids: Sequence[UUID]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    for session_id in session_ids:
        await layer.group_send(group_of_session(session_id), {"type": "over"})


def after_commit(staff_ids: Sequence[UUID], message: Message) -> None:
    """Send `message` to each person once the transaction has committed, with her number of unread notices.

    A dead Redis is logged and nothing else: the pages poll, and the notices are in the database.
    """
    if staff_ids:
        transaction.on_commit(lambda: _send_all(staff_ids, message), robust=True)


def _send_all(staff_ids: Sequence[UUID], message: Message) -> None:
    counts = selectors.unread_of(staff_ids)
    try:
        async_to_sync(_send)({staff_id: {**message, "unread": counts[staff_id]} for staff_id in staff_ids})
    except (OSError, RedisError) as problem:
        log.warning("push failed, the pages will poll: %s", problem)


async def _send(messages: Mapping[UUID, Message]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    for staff_id, message in messages.items():
        await layer.group_send(group_of(staff_id), {"type": "message", "message": dict(message)})
