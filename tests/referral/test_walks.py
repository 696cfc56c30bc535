"""Random walks through the database: whatever is ordered, the invariants of the paper hold after every step."""

import random

import pytest

from emr.capacity import selectors as capacity
from kernel import clock
from referral.choices import FIRED, TERMINAL, TRANSITIONS, UNSENT, Direction, Event, Side, Status, fits
from tests.referral.steps import CLOCKS, cause, make_leg

WALKS = 40
LONGEST = 12


def next_events(leg):
    """The events the table has for this leg now; the clock's as the clock would choose them."""
    known = [event for (where, event) in TRANSITIONS if where == leg.status and fits(event, leg.direction)]
    return [event for event in known if event not in CLOCKS or event == FIRED.get(Status(leg.status))]


def may_not_yet(leg, event):
    """Steps whose guard does not hold now; their refusals have tests of their own."""
    due = leg.plan.filter(state="due").exists()
    return (event == Event.FINISH_PLAN and due) or (event == Event.LOG_VISIT and not due)


def replays(leg):
    """Invariants 2 and 11: the history alone tells the state, in order, each step by its side."""
    status, last = Status.DRAFT, None
    for entry in leg.entries.order_by("version"):
        step = TRANSITIONS[Status(status), Event(entry.event)]
        assert (entry.before, entry.after) == (status, step.to)
        assert last is None or entry.happened_at >= last
        assert (entry.staff_id is None) or step.side != Side.SYSTEM
        if entry.staff_id and step.side in (Side.SENDER, Side.RECEIVER):
            assert entry.organisation_id == (leg.source_id if step.side == Side.SENDER else leg.target_id)
        status, last = Status(step.to), entry.happened_at
    assert status == leg.status


def places_are_kept(leg):
    """Invariant 5: a scheduled leg holds a place; one that has ended, or nobody came to, holds none."""
    kept = capacity.use_of(f"referral:{leg.pk}")
    if leg.status == Status.SCHEDULED:
        assert kept is not None
    if leg.status in TERMINAL or leg.status == Status.NO_SHOW:
        assert kept is None


def is_told(leg):
    """Invariants 6, 7, 9 and the clock: what each state must know."""
    ended = leg.status in TERMINAL
    assert ended == (leg.ended_at is not None)
    assert leg.status == Status.DRAFT or ended == (leg.due_at is None)
    assert leg.children.count() == (1 if leg.status == Status.REDIRECTED else leg.children.count())
    if leg.status in (Status.IN_CARE, Status.CARE_COMPLETED):
        assert leg.care_encounter_id
    if leg.status not in (*UNSENT, *TERMINAL):
        assert leg.submitted_at
        assert leg.consent


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_keeps_every_invariant(seed):
    chosen = random.Random(seed)
    leg = make_leg(chosen.choice([Direction.UP, Direction.DOWN, Direction.LATERAL]))
    leg.plan.create(place=1, text="拆线", due_date=clock.today())
    for _step in range(LONGEST):
        events = [event for event in next_events(leg) if not may_not_yet(leg, event)]
        if not events:
            break
        leg = cause(leg, chosen.choice(events))
        replays(leg)
        places_are_kept(leg)
        is_told(leg)
