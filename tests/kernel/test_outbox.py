"""The outbox: an event is written with its verb or not at all, and where anybody may want it."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import transaction

from kernel import delivery, outbox
from kernel.models import OutboxEvent


@dataclass(frozen=True)
class Moved(outbox.Event):
    topic: ClassVar[str] = "test.moved"
    thing_id: str
    step: str


@dataclass(frozen=True)
class Followed(outbox.Event):
    topic: ClassVar[str] = "test.followed"
    thing_id: str


@pytest.fixture(autouse=True)
def _own_handlers(monkeypatch):
    monkeypatch.setattr(outbox, "HANDLERS", {})


def emit(*steps, thing="a"):
    for step in steps:
        with transaction.atomic():
            outbox.emit(Moved(thing_id=thing, step=step))


def test_an_event_without_a_transaction_is_an_error(race_db):
    with pytest.raises(RuntimeError):
        outbox.emit(Moved(thing_id="a", step="one"))


def test_what_all_subscribers_have_ruled_out_is_not_written(db):
    seen = []
    outbox.on(Moved, name="room.twos", step="two")(lambda event, by: seen.append(event.step))
    outbox.on(Moved, name="room.threes", step="three", thing_id="a")(
        lambda event, by: seen.append(event.step)
    )
    emit("one", "two", "three")
    with transaction.atomic():
        outbox.emit_all([Moved(thing_id="b", step="three"), Moved(thing_id="b", step="two")])
        outbox.emit(Followed(thing_id="a"))  # nobody has subscribed to it, nobody has ruled it out
    assert [event.topic for event in OutboxEvent.objects.order_by("pk")] == [Moved.topic] * 3 + [
        Followed.topic
    ]
    delivery.drain()
    assert seen == ["two", "three", "two"]


def test_two_functions_cannot_share_a_name():
    outbox.on(Moved, name="room.one")(print)
    with pytest.raises(ValueError, match="two handlers"):
        outbox.on(Moved, name="room.one")(repr)


def test_a_verb_that_rolls_back_announces_nothing(race_db):
    outbox.on(Moved, name="room.look")(print)

    @transaction.atomic
    def fail():
        outbox.emit(Moved(thing_id="a", step="one"))
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert delivery.drain() == 0
    assert OutboxEvent.objects.count() == 0


def test_the_stream_is_the_thing_by_default():
    assert Moved(thing_id="a", step="one").stream == "test:a"
