"""The urgency changes with a reason and an entry of its own; due times move no later without one (invariant 8)."""

import random
from datetime import timedelta

import pytest

from consortium.choices import Role
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import services
from referral.choices import CHANGEABLE, RENEWS, TIMERS, Direction, Event, Priority, Status
from referral.models import HistoryEntry, PriorityChange
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.kernel import audit_trail
from tests.referral.steps import at, cause, make_leg
from tests.referral.test_walks import LONGEST, may_not_yet, next_events

HOUSE = Actor.system("referral")


def change(leg, by, priority, reason="氧饱和度下降", **more):
    order = {"version": leg.version, "key": "", **more}
    return services.prioritise(by=by, referral_id=leg.pk, priority=priority, reason=reason, **order)


@pytest.mark.django_db
def test_a_raised_leg_is_due_sooner_and_leaves_every_trace():
    leg = at(Status.SUBMITTED)
    sender = make_actor(Role.BRANCH_DOCTOR, leg.source)
    due = leg.due_at

    change(leg, sender, Priority.EMERGENCY)

    leg.refresh_from_db()
    row = PriorityChange.objects.get(referral=leg)
    assert (row.before, row.after, row.version, row.reason) == (
        "urgent",
        "emergency",
        leg.version,
        "氧饱和度下降",
    )
    assert leg.due_at == leg.call_at == row.due_at < row.due_before_at == due
    assert leg.due_at <= clock.now() + TIMERS[Status.SUBMITTED][Priority.EMERGENCY]
    task = repository.read(by=sender, kind="Task", id=f"{leg.pk}-t")
    assert task["priority"] == "stat"
    assert audit_trail()[-1] == (sender.name, "referral.prioritised")
    assert leg.entries.filter(version=leg.version).count() == 0


@pytest.mark.django_db
def test_a_raised_leg_is_never_due_later_than_before():
    leg = at(Status.SUBMITTED)
    leg.due_at = leg.call_at = clock.now() + timedelta(minutes=1)
    leg.save(update_fields=["due_at", "call_at"])

    change(leg, make_actor(Role.BRANCH_DOCTOR, leg.source), Priority.EMERGENCY)

    before, leg.due_at = leg.due_at, None
    leg.refresh_from_db()
    assert leg.due_at == before


@pytest.mark.django_db
def test_only_the_receiving_side_lowers_it():
    leg = at(Status.SUBMITTED)
    with pytest.raises(Invalid) as refused:
        change(leg, make_actor(Role.BRANCH_DOCTOR, leg.source), Priority.ROUTINE)
    assert list(refused.value.fields) == ["priority"]
    before = leg.due_at
    change(leg, make_actor(Role.COORDINATOR, leg.target), Priority.ROUTINE)
    leg.refresh_from_db()
    assert (leg.priority, leg.due_at > before) == (Priority.ROUTINE, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("priority", "reason", "field"),
    [("emergency", " ", "reason"), ("urgent", "原因", "priority"), ("faster", "原因", "priority")],
)
def test_what_is_wrong_is_told_at_its_field(priority, reason, field):
    leg = at(Status.SUBMITTED)
    with pytest.raises(Invalid) as refused:
        change(leg, make_actor(Role.COORDINATOR, leg.target), priority, reason)
    assert list(refused.value.fields) == [field]


@pytest.mark.django_db
@pytest.mark.parametrize("status", [one for one in Status if one not in CHANGEABLE])
def test_it_is_too_late_or_too_early_elsewhere(status):
    leg = at(status)
    with pytest.raises(Conflict):
        change(leg, make_actor(Role.BRANCH_DOCTOR, leg.source), Priority.EMERGENCY)


@pytest.mark.django_db
def test_strangers_find_nothing_and_other_posts_are_refused():
    leg = at(Status.SUBMITTED)
    with pytest.raises(OutOfReach):
        change(leg, make_actor(Role.BRANCH_DOCTOR, make_organisation()), Priority.EMERGENCY)
    with pytest.raises(Refused):
        change(leg, make_actor(Role.RECEPTION, leg.target), Priority.EMERGENCY)


@pytest.mark.django_db
def test_who_was_faster_is_told_and_the_same_key_changes_once():
    leg = at(Status.SUBMITTED)
    sender = make_actor(Role.BRANCH_DOCTOR, leg.source)
    change(leg, sender, Priority.EMERGENCY, key="k")
    change(leg, sender, Priority.EMERGENCY, key="k")
    with pytest.raises(Conflict):
        change(leg, sender, Priority.EMERGENCY)
    assert PriorityChange.objects.count() == 1


@pytest.mark.django_db
def test_the_desk_judges_the_urgency_while_it_accepts():
    leg = at(Status.SUBMITTED)
    desk, ward = make_actor(Role.COORDINATOR, leg.target), leg.target.departments.get()
    services.accept(
        by=desk, referral_id=leg.pk, version=leg.version, key="", department_id=ward.pk,
        priority="emergency", priority_reason="室速",
    )  # fmt: skip
    leg.refresh_from_db()
    assert (leg.status, leg.priority) == (Status.ACCEPTED, Priority.EMERGENCY)
    assert leg.due_at <= clock.now() + TIMERS[Status.ACCEPTED][Priority.EMERGENCY]
    assert PriorityChange.objects.get().version == leg.version


def no_later(leg):
    """Within one stay in a state the due time only moves sooner, but for steps that did what was due and for a change
    of urgency, which says so in its own row."""
    changed = {row.version: row for row in leg.priorities.all()}
    last = None
    for entry in leg.entries.order_by("version"):
        same = last is not None and entry.before == entry.after == last.after
        if same and entry.event not in RENEWS:
            since = [changed[v].due_at for v in range(last.version + 1, entry.version) if v in changed]
            assert entry.due_at <= (since[-1] if since else last.due_at)
        last = entry


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(20))
def test_no_due_time_moves_later_along_any_history(seed):
    chosen = random.Random(seed)
    leg = make_leg(chosen.choice([Direction.UP, Direction.DOWN, Direction.LATERAL]))
    leg.plan.create(place=1, text="拆线", due_date=clock.today())
    for _step in range(LONGEST):
        if leg.status in CHANGEABLE and chosen.random() < 0.3:
            desk = make_actor(Role.COORDINATOR, leg.target)
            if leg.status != Status.INTERNAL_REVIEW:
                other = chosen.choice([one for one in Priority if one != leg.priority])
                leg = change(leg, desk, other)
        events = [event for event in next_events(leg) if not may_not_yet(leg, event)]
        if not events:
            break
        late = [event for event in events if event == Event.ESCALATE]
        leg = cause(leg, chosen.choice(late if late and chosen.random() < 0.5 else events))
        no_later(leg)
    assert HistoryEntry.objects.filter(referral=leg).exists()
