"""Events announced with a change, in its transaction, and who has subscribed to them.

An event is a frozen dataclass of ids. `emit` writes it with the verb that it tells of; how it reaches the functions
that subscribed (`on`) is `kernel.delivery`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, TypeVar

import orjson
from django.db import connection, transaction

from kernel import clock, wake
from kernel.actor import Actor
from kernel.database import prepared


@dataclass(frozen=True)
class Event:
    """Base of all events. A subclass is a frozen dataclass of ids as text and names its `topic`."""

    topic: ClassVar[str]

    @property
    def stream(self) -> str:
        """What the order is kept for: by default the thing the first field names, `referral:<id>`."""
        return f"{self.topic.partition('.')[0]}:{getattr(self, fields(self)[0].name)}"


E = TypeVar("E", bound=Event)
Handler = Callable[[E, Actor], None]


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler under the name its deliveries carry (`room.verb`); names outlive the code, so they stay."""

    name: str
    event: type[Event]
    run: Callable[[Any, Actor], None]
    only: Mapping[str, Any] = field(default_factory=dict)

    def takes(self, event: Event) -> bool:
        """Whether this event of its topic is delivered to it."""
        return all(_is(getattr(event, name), one) for name, one in self.only.items())

    def wants(self, topic: str, payload: str) -> bool:
        """The same of an event as it is stored, its fields as JSON."""
        if self.event.topic != topic or not self.only:
            return self.event.topic == topic
        told = orjson.loads(payload)
        return all(_is(told.get(name), one) for name, one in self.only.items())


def _is(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, frozenset) else value == wanted


HANDLERS: Final[dict[str, Registered]] = {}


def on(event: type[E], /, name: str, **only: Any) -> Callable[[Handler[E]], Handler[E]]:
    """Subscribe a function of `handlers.py` to an event of a lower room. It acts as `system:<room>`.

    `only`: fields of the event and the value each must have, or a frozenset of them; other events of the kind are
    not delivered at all.
    """

    def register(run: Handler[E]) -> Handler[E]:
        known = HANDLERS.get(name)
        if known and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"two handlers are named {name}")
        HANDLERS[name] = Registered(name, event, run, only)
        return run

    return register


EMIT = """
INSERT INTO kernel_outboxevent (topic, stream, payload, xid, emitted_at)
VALUES (%s, %s, %s, pg_current_xact_id()::text::bigint, %s)
"""


def heard(event: Event) -> bool:
    """Whether it is written: not where each subscriber of its topic has ruled it out beforehand (`only`)."""
    subscribed = [handler for handler in HANDLERS.values() if handler.event.topic == event.topic]
    return not subscribed or any(handler.takes(event) for handler in subscribed)


def emit(event: Event) -> None:
    """Announce `event` with the transaction it stands in; outside one this is an error."""
    if not heard(event):
        return
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event.topic} was emitted outside a transaction")
    with prepared.cursor() as cursor:
        cursor.execute(EMIT, [event.topic, event.stream, orjson.dumps(event).decode(), clock.now()])
    transaction.on_commit(wake.up, robust=True)


EMIT_ALL = """
INSERT INTO kernel_outboxevent (topic, stream, payload, xid, emitted_at)
SELECT e.topic, e.stream, e.payload::jsonb, pg_current_xact_id()::text::bigint, %s
FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS e (topic, stream, payload, place) ORDER BY e.place
"""


def emit_all(events: Sequence[Event]) -> None:
    """Announce all `events` in their order, in one statement."""
    events = [event for event in events if heard(event)]
    if not events:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("events were emitted outside a transaction")
    columns = [
        [event.topic for event in events],
        [event.stream for event in events],
        [orjson.dumps(event).decode() for event in events],
    ]
    with prepared.cursor() as cursor:
        cursor.execute(EMIT_ALL, [clock.now(), *columns])
    transaction.on_commit(wake.up, robust=True)
