"""Each pair of a state and an event that the table does not know, tried at the REST door: a conflict, nothing changed.

One leg goes through all its states along the shortest ways, each step in a savepoint of its own, so that every state
is reached once; a second one goes down for the follow-up.
"""

import json
from collections import Counter

import pytest
from django.db import transaction

from consortium.choices import Role
from consortium.models import Staff
from referral.api.events import CLOCKS
from referral.choices import TRANSITIONS, UNSENT, Direction, Event, Side, Status
from referral.models import Referral
from tests.factories.api import of_staff
from tests.factories.consortium import make_actor
from tests.referral.steps import CHIEF, arguments, cause, make_leg, path_to, unrelated_item

HIDDEN = (*UNSENT, Status.ENTERED_IN_ERROR)
"""States the receiving side does not see: there its events find no leg (404), which is what a stranger is told."""
SENTENCE = "In its present state this step is not possible."


def row_of(event):
    return next(step for (_status, name), step in TRANSITIONS.items() if name == event)


class Door:
    """Everybody who may cause an event of a leg, each with a program; and orders that are right but for the state."""

    def __init__(self, leg):
        self.leg, self.programs = leg, {}
        self.item = leg.plan.first() or unrelated_item(leg)
        self.bodies = {event: self._body(event) for event in Event}

    def _body(self, event):
        if event in CLOCKS:
            return {}
        if event == Event.LOG_VISIT:
            return {"item_id": str(self.item.pk), "result": "好"}
        said = arguments(self.leg, event)
        if "plan" in said:
            said["plan"] = [{"text": line.text, "due_date": line.due_date} for line in said["plan"]]
        return {name: value for name, value in said.items() if value is not None}

    def program(self, event):
        step = row_of(event)
        receives = step.side == Side.RECEIVER
        role = step.roles[0] if step.roles else Role.COORDINATOR
        key = (role, receives)
        if key not in self.programs:
            place = self.leg.target if receives else self.leg.source
            person = make_actor(role, place, title=CHIEF)
            self.programs[key] = of_staff(Staff.objects.get(pk=person.id))
        return self.programs[key]

    def order(self, event):
        return self.program(event).post(
            f"referrals/{self.leg.pk}/events/",
            event=event.value,
            version=self.leg.version,
            **self.bodies[event],
        )


def receives(event):
    """Whether only the receiving side knows the event."""
    return {step.side for (_, name), step in TRANSITIONS.items() if name == event} == {Side.RECEIVER}


def trace(leg):
    row = Referral.objects.filter(pk=leg.pk).values().get()
    return row, leg.entries.count(), leg.plan.count(), leg.children.count()


def tried(door, status):
    """Every event the table does not know in this state; how many were answered how."""
    told = Counter()
    before = trace(door.leg)
    for event in Event:
        if (status, event) in TRANSITIONS:
            continue
        answer = door.order(event)
        said = json.loads(answer.content)
        hidden = status in HIDDEN and receives(event)
        assert answer.status_code == (404 if hidden else 409), (status, event, said)
        if not hidden:
            assert (said["code"], said["detail"]) == ("illegal_step", SENTENCE), (status, event)
        told[answer.status_code] += 1
    assert trace(door.leg) == before, status
    return told


def through(leg, door, status, wanted, told):
    """Try everything at `status`, then go on to each state that follows it on its shortest way, and come back."""
    ways = {one: path_to(one, leg.direction) for one in wanted}
    if status in wanted:
        told[status] = tried(door, status)
    here = path_to(status, leg.direction)
    for after, way in ways.items():
        if len(way) == len(here) + 1 and way[: len(here)] == here:
            with transaction.atomic():
                door.leg = cause(leg, way[-1])
                through(door.leg, door, after, wanted, told)
                transaction.set_rollback(True)
            door.leg = leg = Referral.objects.get(pk=leg.pk)


@pytest.mark.django_db
def test_each_of_the_733_pairs_is_a_conflict_at_the_rest_door():
    told = {}
    leg = make_leg()
    through(leg, Door(leg), Status.DRAFT, [one for one in Status if one != Status.REHAB_ACTIVE], told)
    down = make_leg(Direction.DOWN)
    for event in path_to(Status.REHAB_ACTIVE, Direction.DOWN):
        down = cause(down, event)
    told[Status.REHAB_ACTIVE] = tried(Door(down), Status.REHAB_ACTIVE)

    assert set(told) == set(Status)
    numbers = sum(told.values(), Counter())
    assert (numbers.total(), numbers[409]) == (733, 733 - numbers[404])
    assert numbers[404] == sum(
        1 for status in HIDDEN for event in Event if receives(event) and (status, event) not in TRANSITIONS
    )


@pytest.mark.django_db
def test_what_only_the_clock_does_is_nobodys_to_order():
    leg = cause(make_leg(), Event.SUBMIT)
    door, before = Door(leg), trace(leg)
    answer = door.program(Event.ACCEPT).post(
        f"referrals/{leg.pk}/events/", event=Event.ESCALATE.value, version=leg.version
    )
    assert (answer.status_code, answer.json()["detail"]) == (403, "Only the clock does this.")
    assert trace(leg) == before
