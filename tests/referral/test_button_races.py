"""Every button of a state is pressed at the same moment, by everybody who has one, and the clock strikes: one wins,
the others read that somebody was faster, and nobody waits for another in a circle."""

import pytest

from consortium.choices import Role
from kernel.actor import Actor
from kernel.errors import DomainError
from referral import services
from referral.choices import CHANGEABLE, TERMINAL, TRANSITIONS, Direction, Event, Status, fits
from referral.models import Referral
from tests.factories.consortium import make_actor
from tests.referral.leg.test_timers import overdue
from tests.referral.steps import CLOCKS, actor_for, arguments, at

WAITING = [status for status in Status if status not in TERMINAL]


def orders(leg):
    """What may be done with the leg now, each ready to be carried out, by its event."""
    direction = Direction(leg.direction)
    events = [event for where, event in TRANSITIONS if where == leg.status and fits(event, direction)]
    said = {event: order(leg, event) for event in events if event not in CLOCKS}
    if any(event in CLOCKS for event in events):
        said["clock"] = lambda: services.run_late(by=Actor.system("referral"), referral_id=leg.pk)
    if leg.status in CHANGEABLE:
        by = make_actor(Role.BRANCH_DOCTOR, leg.source)
        said["prioritise"] = lambda: services.prioritise(
            by=by, referral_id=leg.pk, version=leg.version, key="", priority="emergency", reason="血压下降"
        )
    return said


def order(leg, event):
    by = actor_for(leg, event)
    if event == Event.LOG_VISIT:
        item = leg.plan.order_by("place").first().pk
        return lambda: services.log_visit(by=by, item_id=item, version=leg.version, key="", result="好")
    said = arguments(leg, event)
    return lambda: services.VERBS[event](by=by, referral_id=leg.pk, version=leg.version, key="", **said)


@pytest.mark.timeout(600)
def test_all_buttons_of_a_state_at_once_and_one_wins(race_db):
    for status in WAITING:
        leg = overdue(at(status))
        said = orders(leg)

        results = dict(zip(said, race_db.at_once(list(said.values())), strict=True))

        lost = {name: one for name, one in results.items() if isinstance(one, Exception)}
        assert all(isinstance(one, DomainError) for one in lost.values()), (status, lost)
        assert {one.status for one in lost.values()} <= {409, 404}, (status, lost)
        won = [name for name, one in results.items() if one is not None and name not in lost]
        # The clock saw no version: it may still find the leg late after somebody has changed its urgency.
        assert len(set(won) - {"clock"}) <= 1 <= len(won), (status, results)
        assert Referral.objects.get(pk=leg.pk).version == leg.version + len(won), (status, won)
