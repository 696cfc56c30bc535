"""Messages between rooms that failed: the system manager sees them and has them tried again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import transaction
from django.test import Client

from consortium import selectors, services
from consortium.choices import Role
from kernel import clock, outbox
from kernel.delivery import STUCK_AFTER, deliver, stuck
from kernel.errors import Conflict, Refused
from kernel.models import AuditEntry, OutboxDelivery
from tests.factories.consortium import make_actor, make_staff, sign_in

PAGE = "/ops/deliveries/"


@dataclass(frozen=True)
class Moved(outbox.Event):
    topic: ClassVar[str] = "test.moved"
    thing_id: str
    step: int


class Room:
    """A room that hears of what moved; while it is `broken` it fails."""

    def __init__(self):
        self.broken, self.heard = True, []

    def hear(self, event, by):
        if self.broken:
            raise OSError("the disk is full")
        self.heard.append((event.thing_id, event.step))


@pytest.fixture
def room(db, monkeypatch):
    monkeypatch.setattr(outbox, "HANDLERS", {})
    room = Room()
    outbox.on(Moved, "test.room")(room.hear)
    return room


def moved(*things):
    """Each of `things` moves twice; both messages wait, the first has failed once."""
    with transaction.atomic():
        for thing in things:
            outbox.emit(Moved(thing_id=thing, step=1))
            outbox.emit(Moved(thing_id=thing, step=2))
    deliver()


def failed_often(number):
    OutboxDelivery.objects.filter(attempts__gt=0).update(
        attempts=number, due_at=clock.now() + timedelta(hours=1)
    )


@pytest.fixture
def manager(room):
    return make_actor(Role.SYSTEM_MANAGER)


def test_what_failed_stands_on_the_page_with_its_error_and_what_waits_behind_it(room):
    moved("a")
    failed_often(STUCK_AFTER)
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, make_staff(Role.SYSTEM_MANAGER))

    page = client.get(PAGE).text

    for words in ("test.moved → test.room", "test:a", "OSError: the disk is full", "卡住", "已失败 8 次"):
        assert words in page
    assert "后面有 1 条在等它" in page
    assert f'href="{PAGE}"' in client.get("/ops/").text


def test_one_press_delivers_it_and_what_waited_behind_it_in_order(room):
    moved("a", "b")
    failed_often(9)
    room.broken = False
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, make_staff(Role.SYSTEM_MANAGER))
    (first, _second) = OutboxDelivery.objects.filter(attempts=9).order_by("event")

    answer = client.post(PAGE, {"delivery": first.pk}, follow=True)
    deliver()

    assert "正在重试 1 条消息。" in answer.text
    assert room.heard == [("a", 1), ("a", 2)]
    entry = AuditEntry.objects.get(action="consortium.delivery_tried_again")
    assert entry.detail == {"count": 1}


def test_all_of_them_are_tried_again_and_what_fails_still_keeps_its_count(room, manager):
    moved("a", "b")
    failed_often(9)

    assert services.try_again(by=manager) == 2
    deliver()

    assert list(OutboxDelivery.objects.order_by("event").values_list("attempts", flat=True)) == [10, 0, 10, 0]
    assert stuck() == 2


def test_what_was_delivered_meanwhile_is_not_delivered_again(room, manager):
    moved("a")
    room.broken = False
    services.try_again(by=manager)
    deliver()
    pk = OutboxDelivery.objects.order_by("event")[0].pk

    for delivery in (pk, pk + 1000, None):
        with pytest.raises(Conflict) as late:
            services.try_again(by=manager, delivery_id=delivery)
        assert late.value.code == "not_waiting"
    assert room.heard == [("a", 1), ("a", 2)]


@pytest.mark.parametrize("role", [Role.SECURITY_MANAGER, Role.AUDIT_MANAGER, Role.LEADER])
def test_it_is_the_system_managers_alone(room, role):
    moved("a")
    for verb in (selectors.failing, services.try_again):
        with pytest.raises(Refused):
            verb(by=make_actor(role))


@pytest.mark.parametrize("things", [["a"], ["a", "b", "c"]])
def test_the_list_costs_one_statement(room, manager, things, django_assert_num_queries):
    moved(*things)
    with django_assert_num_queries(1):
        shown, number = selectors.failing(by=manager)
    assert (len(shown), number) == (len(things), len(things))
    assert [one.behind for one in shown] == [1] * len(things)
