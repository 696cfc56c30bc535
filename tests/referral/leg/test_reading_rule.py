"""Reading on a leg's ground, held against the plain rule."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortium.choices import Role
from emr.access import selectors as access
from emr.access.choices import Basis
from kernel import clock
from referral.choices import TERMINAL, UNSENT, Event, Status
from tests.factories.consortium import actor_of, make_department, make_staff
from tests.referral.steps import cause, make_leg

pytestmark = pytest.mark.django_db


def oracle(leg, actor, days, now):
    """Invariant 13 in plain words, for the receiving side of an up leg."""
    if actor.organisation != leg.target_id or leg.status in UNSENT or leg.submitted_at is None:
        return False
    if leg.status in (Status.CANCELLED, Status.ENTERED_IN_ERROR):
        return False
    if leg.status == Status.REDIRECTED and leg.arrived_at is None:
        return False
    if leg.status in TERMINAL and now >= leg.ended_at + timedelta(days=days):
        return False
    if leg.department_id is None or actor.department is None:
        return True
    return actor.department == leg.department_id or actor.has(Role.COORDINATOR, Role.RECEPTION)


WAYS = [
    (), (Event.SUBMIT,), (Event.SUBMIT_FOR_REVIEW,), (Event.EMERGENCY_SEND,), (Event.SUBMIT, Event.ACCEPT),
    (Event.SUBMIT, Event.REJECT), (Event.SUBMIT, Event.WITHDRAW), (Event.SUBMIT, Event.REDIRECT),
    (Event.SUBMIT, Event.ADVISE), (Event.SUBMIT, Event.VOID), (Event.DISCARD,), (Event.SUBMIT, Event.DEATH),
    (Event.SUBMIT, Event.ACCEPT, Event.START_TRANSFER, Event.TURN_BACK),
]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    way=st.sampled_from(WAYS),
    role=st.sampled_from([Role.SPECIALIST, Role.COORDINATOR, Role.RECEPTION, Role.BED_DESK]),
    place=st.sampled_from(["ward", "other", "nowhere", "elsewhere"]),
    later=st.sampled_from([0, 29, 31]),
)
def test_reading_on_is_what_the_plain_rule_says(monkeypatch, way, role, place, later):
    leg = make_leg()
    ward, other = leg.target.departments.order_by("code").first(), make_department(leg.target)
    staff = {
        "ward": lambda: make_staff(role, department=ward),
        "other": lambda: make_staff(role, department=other),
        "nowhere": lambda: make_staff(role, leg.target),
        "elsewhere": lambda: make_staff(role),
    }[place]()
    for event in way:
        leg = cause(leg, event)
    now = clock.now() + timedelta(days=later)
    with monkeypatch.context() as moved:
        moved.setattr(clock, "now", lambda: now)
        found = access.basis(by=actor_of(staff), patient_id=leg.patient_id)
    assert (found == Basis.REFERRAL) is oracle(leg, actor_of(staff), 30, now)
