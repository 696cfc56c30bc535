"""Random walks over the bare table and through the database: whatever is ordered, the fifteen invariants hold."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import data, sampled_from

from kernel import clock
from kernel.errors import Conflict
from kernel.workflow import move
from referral.choices import FIRED, TERMINAL, TIMERS, TRANSITIONS, Direction, Event, FollowUp, Status, fits
from tests.referral.invariants import hold
from tests.referral.steps import CLOCKS, cause, make_leg

BARE, WALKS, LONGEST = 10_000, 200, 10


@dataclass
class Row:
    """A leg as the bare table knows it."""

    status: str = Status.DRAFT
    version: int = 1


def next_events(leg):
    """The events the table has for this leg now; the clock's as the clock would choose them."""
    known = [event for (where, event) in TRANSITIONS if where == leg.status and fits(event, leg.direction)]
    return [event for event in known if event not in CLOCKS or event == FIRED.get(Status(leg.status))]


def may_not_yet(leg, event):
    """Steps whose guard does not hold now; their refusals have tests of their own."""
    due = leg.plan.filter(state="due").exists()
    coming = event == Event.ACKNOWLEDGE and leg.follow_up == FollowUp.PLAN
    return coming or (event == Event.FINISH_PLAN and due) or (event == Event.LOG_VISIT and not due)


def walk(seed):
    """One leg from its draft on, by steps chosen at random; every invariant is held after each."""
    chosen = random.Random(seed)
    leg = make_leg(chosen.choice([Direction.UP, Direction.DOWN, Direction.LATERAL]))
    leg.plan.create(place=1, text="拆线", due_date=clock.today())
    for _step in range(LONGEST):
        events = [event for event in next_events(leg) if not may_not_yet(leg, event)]
        if not events:
            break
        leg = cause(leg, chosen.choice(events))
        hold(leg)
    return leg


def test_ten_thousand_walks_of_the_bare_table_replay_and_never_leave_an_end():
    chosen, ends = random.Random(4), set()
    for _walk in range(BARE):
        row, seen = Row(), []
        while row.status not in TERMINAL and len(seen) < 60:
            event = chosen.choice([event for (where, event) in TRANSITIONS if where == row.status])
            seen.append((row.status, event, move(row, event, TRANSITIONS, version=row.version).to))
        assert row.version == len(seen) + 1
        assert [after for _b, _e, after in seen[:-1]] == [before for before, _e, _a in seen[1:]]
        ends.add(row.status)
    assert set(TERMINAL) <= ends


class BareTable(RuleBasedStateMachine):
    """Any order of events, right and wrong: the wrong ones change nothing, a version is used once."""

    @initialize()
    def begin(self):
        self.row, self.history = Row(), []

    @precondition(lambda self: self.row.status not in TERMINAL)
    @rule(drawn=data())
    def a_step_of_the_table(self, drawn):
        known = [event for (where, event) in TRANSITIONS if where == self.row.status]
        event = drawn.draw(sampled_from(known))
        before = self.row.status
        move(self.row, event, TRANSITIONS, version=self.row.version)
        self.history.append((before, event, self.row.status))

    @rule(event=sampled_from(list(Event)))
    def a_step_it_does_not_know(self, event):
        if (self.row.status, event) in TRANSITIONS:
            return
        before = (self.row.status, self.row.version)
        with pytest.raises(Conflict):
            move(self.row, event, TRANSITIONS)
        assert (self.row.status, self.row.version) == before

    @rule(event=sampled_from(list(Event)))
    def an_order_that_saw_an_older_version(self, event):
        before = (self.row.status, self.row.version)
        with pytest.raises(Conflict):
            move(self.row, event, TRANSITIONS, version=self.row.version - 1)
        assert (self.row.status, self.row.version) == before

    @invariant()
    def the_history_tells_the_state(self):
        status = Status.DRAFT
        for before, event, after in self.history:
            assert (before, TRANSITIONS[Status(before), event].to) == (status, after)
            status = after
        assert (status, self.row.version) == (self.row.status, len(self.history) + 1)

    @invariant()
    def whatever_waits_has_a_clock(self):
        assert self.row.status in TERMINAL or self.row.status in TIMERS


TestBareTable = BareTable.TestCase
TestBareTable.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_keeps_every_invariant(seed):
    walk(seed)
