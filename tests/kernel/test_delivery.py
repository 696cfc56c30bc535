"""Delivery of what was announced: in order, once, and a failure loses nothing."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from celery import Celery
from django.db import transaction

from kernel import audit, clock, delivery, outbox, wake
from kernel.models import AuditEntry, OutboxDelivery
from kernel.tasks import deliver
from tests.factories.kernel import fanned
from tests.kernel.test_outbox import Followed, Moved, emit


@pytest.fixture(autouse=True)
def _own_handlers(monkeypatch):
    monkeypatch.setattr(outbox, "HANDLERS", {})


def write_down(event, by):
    """A handler whose effect is a row."""
    audit.record(by=by, action=f"test.{event.step}")


def effects():
    return [entry.action.removeprefix("test.") for entry in AuditEntry.objects.order_by("id")]


def make_due():
    OutboxDelivery.objects.update(due_at=clock.now() - timedelta(seconds=1))


def test_each_handler_gets_each_event_once_and_acts_as_its_room(db):
    outbox.on(Moved, name="room.write_down")(write_down)
    seen = []
    outbox.on(Moved, name="other.look")(lambda event, by: seen.append((event, by.name)))
    outbox.on(Followed, name="other.never")(lambda event, by: seen.append("never"))
    emit("one")
    assert delivery.drain() == 2
    assert delivery.drain() == 0
    assert [(e.actor_name, e.action) for e in AuditEntry.objects.all()] == [("system:room", "test.one")]
    assert seen == [(Moved(thing_id="a", step="one"), "system:other")]


def test_an_event_without_the_values_a_handler_asks_for_is_not_delivered_to_it(race_db):
    outbox.on(Moved, name="room.one", step="one")(write_down)
    outbox.on(Moved, name="room.some", step=frozenset({"two", "three"}))(write_down)
    emit("one", "two", "four")
    delivery.drain()
    delivered = OutboxDelivery.objects.order_by("event_id").values_list("handler", "event__payload__step")
    assert list(delivered) == [("room.one", "one"), ("room.some", "two")]


def test_a_failure_is_kept_and_holds_back_its_stream_only(race_db):
    broken = [True]

    def run(event, by):
        if broken[0] and event.thing_id == "a":
            raise ValueError("no line\nDETAIL: name=(somebody)")
        write_down(event, by)

    outbox.on(Moved, name="room.run")(run)
    emit("a1", "a2", thing="a")
    emit("b1", thing="b")
    delivery.drain()
    assert effects() == ["b1"]
    failed = OutboxDelivery.objects.get(attempts=1, done_at__isnull=True)
    assert failed.last_error == "ValueError: no line"
    assert failed.due_at > clock.now()
    broken[0] = False
    assert delivery.drain() == 0
    make_due()
    delivery.drain()
    assert effects() == ["b1", "a1", "a2"]


def test_what_keeps_failing_is_counted_as_stuck_and_still_tried(race_db):
    broken = [True]

    def run(event, by):
        if broken[0]:
            raise ValueError

    outbox.on(Moved, name="room.run")(run)
    emit("one")
    for _ in range(delivery.STUCK_AFTER):
        assert delivery.stuck() == 0
        make_due()
        delivery.drain()
    assert (delivery.stuck(), delivery.waiting()) == (1, 1)
    broken[0] = False
    make_due()
    delivery.drain()
    assert (delivery.stuck(), delivery.waiting()) == (0, 0)


def first_answer(ask) -> int:
    """What `ask` answers as soon as it is not nothing; nothing after ten seconds."""
    until = time.monotonic() + 10
    while not (found := ask()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_a_crash_between_effect_and_receipt_undoes_the_effect(race_db, monkeypatch):
    outbox.on(Moved, name="room.write_down")(write_down)
    emit("one")
    fanned()
    receipt = delivery.RECEIPT
    monkeypatch.setattr(delivery, "RECEIPT", "an error of the server")
    delivery.deliver()
    assert (effects(), delivery.waiting()) == ([], 1)
    monkeypatch.setattr(delivery, "RECEIPT", receipt)
    make_due()
    delivery.drain()
    assert (effects(), delivery.waiting()) == (["one"], 0)


def test_an_event_waits_for_every_older_transaction(race_db):
    outbox.on(Moved, name="room.write_down")(write_down)
    emitted, finish = threading.Event(), threading.Event()

    def older():
        with transaction.atomic():
            outbox.emit(Moved(thing_id="a", step="older"))
            emitted.set()
            finish.wait(20)

    def newer():
        emitted.wait(20)
        emit("newer")
        held_back = (delivery.deliver(), delivery.unfanned())
        finish.set()
        return held_back

    assert race_db.at_once([older, newer]) == [None, (0, 1)]
    delivery.drain()
    assert effects() == ["older", "newer"]


def test_eight_workers_keep_the_order_and_run_nothing_twice(race_db):
    outbox.on(Moved, name="room.write_down")(write_down)
    for number in range(20):
        emit(f"a{number}", thing="a")
        emit(f"b{number}", thing="b")
    answers = race_db.at_once([delivery.drain] * 8)
    assert sum(answers) + delivery.drain() == 40
    assert [one for one in effects() if one[0] == "a"] == [f"a{number}" for number in range(20)]
    assert [one for one in effects() if one[0] == "b"] == [f"b{number}" for number in range(20)]


def test_follow_up_events_are_delivered_too(db):
    outbox.on(Moved, name="room.move")(lambda event, by: outbox.emit(Followed(thing_id=event.thing_id)))
    seen = []
    outbox.on(Followed, name="other.follow")(lambda event, by: seen.append(event.thing_id))
    emit("one")
    delivery.drain()
    assert seen == ["a"]


def test_the_task_delivers(db):
    outbox.on(Moved, name="room.write_down")(write_down)
    emit("one")
    assert first_answer(deliver) == 1


@pytest.fixture
def dead_broker():
    """A Celery application whose broker's port is closed."""
    app = Celery("dead", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.broker_transport_options = {"max_retries": 0, "socket_connect_timeout": 0.5}
    with socket.socket() as line:
        assert line.connect_ex(("127.0.0.1", 1)) != 0
    return app


def test_a_dead_broker_fails_nobody(race_db, dead_broker, monkeypatch, caplog):
    bell = wake.Bell()
    monkeypatch.setattr(wake, "BELL", bell)
    monkeypatch.setattr(wake, "current_app", dead_broker)
    outbox.on(Moved, name="room.write_down")(write_down)
    started = time.monotonic()
    emit("one")
    assert time.monotonic() - started < 5
    until = time.monotonic() + 20
    while "the sweep will run kernel.tasks.deliver" not in caplog.text and time.monotonic() < until:
        time.sleep(0.02)
    assert "the sweep will run kernel.tasks.deliver" in caplog.text
    fanned()
    assert delivery.deliver() == 1


def test_an_eager_application_delivers_in_the_request(race_db, monkeypatch):
    app = Celery("eager", set_as_current=False)
    app.conf.task_always_eager = True
    monkeypatch.setattr(wake, "current_app", app)
    outbox.on(Moved, name="room.write_down")(write_down)
    sent = []

    def sends_until_all_arrived():
        # A request's own event waits while another database of the cluster holds an older transaction; a later
        # request brings it. Nobody but these requests delivers here.
        sent.append(f"request {len(sent)}")
        emit(sent[-1])
        return effects() == sent

    assert first_answer(sends_until_all_arrived)


def test_an_event_nobody_hears_is_done_at_once(db):
    with transaction.atomic():
        outbox.emit(Followed(thing_id="x"))
    assert (delivery.drain(), delivery.unfanned(), delivery.waiting()) == (0, 0, 0)
