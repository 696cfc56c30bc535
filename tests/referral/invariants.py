"""The fifteen invariants of a leg, each by its name: held after every step of the walks, and by the soak."""

import itertools

from emr.access.models import Ground
from emr.capacity import selectors as capacity
from kernel.models import OutboxEvent
from referral.choices import TERMINAL, TRANSITIONS, UNSENT, Direction, Event, Side, Status
from referral.models import Referral


def entries(leg):
    """The leg's history as `hold` has read it."""
    return leg.told


def moves_by_the_table_alone(leg):
    """1: every step is a row of the table; the version grows by one with each."""
    found = entries(leg)
    assert all((Status(one.before), Event(one.event)) in TRANSITIONS for one in found)
    assert [one.version for one in found] == list(range(leg.version - len(found) + 1, leg.version + 1))


def acts_by_its_side(leg):
    """2: a person acts at the side the row names; the clock is no person."""
    for one in entries(leg):
        step = TRANSITIONS[Status(one.before), Event(one.event)]
        assert one.staff_id is None or step.side != Side.SYSTEM
        if one.staff_id and step.side in (Side.SENDER, Side.RECEIVER):
            assert one.organisation_id == (leg.source_id if step.side == Side.SENDER else leg.target_id)


def goes_between_two_open_places(leg):
    """3: from one institution to another, both open."""
    assert leg.source_id != leg.target_id
    assert leg.source.active and leg.target.active  # noqa: PT018  one sentence


def stands_alone(leg):
    """4: one open leg of a person in a department and direction; two only where a merge has marked both."""
    if leg.status in (*TERMINAL, *UNSENT):
        return
    others = Referral.objects.filter(patient__person=leg.patient.person_id, department=leg.department_id)
    others = others.filter(direction=leg.direction).exclude(status__in=[*TERMINAL, *UNSENT])
    assert leg.person_id == leg.patient.person_id
    assert others.count() == 1 or leg.doubled


def keeps_its_place(leg):
    """5: a scheduled leg holds a place; one that has ended, or nobody came to, holds none."""
    kept = capacity.use_of(f"referral:{leg.pk}")
    if leg.status == Status.SCHEDULED:
        assert kept is not None
    if leg.status in TERMINAL or leg.status == Status.NO_SHOW:
        assert kept is None


def went_with_consent(leg):
    """6: nothing is sent without agreement or the emergency's word."""
    if leg.status not in (*UNSENT, *TERMINAL):
        assert leg.submitted_at
        assert leg.consent


def ended_with_its_reason(leg):
    """7: rejected with code, words and what instead; withdrawn in words; passed on into exactly one leg."""
    if leg.status == Status.REJECTED:
        assert leg.reject_code and leg.reject_text and leg.instead  # noqa: PT018  one sentence
    if leg.status == Status.CANCELLED:
        assert entries(leg)[-1].words
    if leg.status == Status.REDIRECTED:
        assert leg.children.count() == 1


def is_never_later_by_waiting(leg):
    """8: being passed up moves no due time to a later moment."""
    found = entries(leg)
    for before, after in itertools.pairwise(found):
        if after.event == Event.ESCALATE and before.due_at and after.due_at:
            assert after.due_at <= before.due_at


def is_cared_for_in_a_record(leg):
    """9: arrived at a moment, in care in an encounter, completed in a signed reply."""
    if leg.status in (Status.ARRIVED, Status.IN_CARE, Status.CARE_COMPLETED):
        assert leg.arrived_at
    if leg.status in (Status.IN_CARE, Status.CARE_COMPLETED):
        assert leg.care_encounter_id
    if leg.status == Status.CARE_COMPLETED:
        assert leg.outcome and leg.advice and leg.signature  # noqa: PT018  one sentence


def is_followed_by_a_plan(leg):
    """10: follow-up has a plan and a doctor; it ends when every item is done or left out."""
    last = entries(leg)[-1:]
    if leg.status == Status.REHAB_ACTIVE:
        assert leg.direction == Direction.DOWN
        assert leg.plan.exists()
        assert leg.receiving_doctor_id
    if last and last[0].event == Event.FINISH_PLAN:
        assert not leg.plan.filter(state="due").exists()


def replays(leg):
    """11: the history alone tells the state, and its moments do not decrease."""
    status, last = Status.DRAFT, None
    for one in entries(leg):
        assert (one.before, one.after) == (status, TRANSITIONS[Status(status), Event(one.event)].to)
        assert last is None or one.happened_at >= last
        status, last = Status(one.after), one.happened_at
    assert status == leg.status


def announces_each_step_once(leg):
    """12: one event in the outbox for each step."""

    told = OutboxEvent.objects.filter(topic="referral.moved", payload__referral_id=str(leg.pk))
    versions = [one["version"] for one in told.values_list("payload", flat=True)]
    assert sorted(versions) == [one.version for one in entries(leg)]


def opens_what_it_may(leg):
    """13: the receiving side reads from submission on; never after a void."""
    grounds = Ground.objects.filter(source__startswith=f"referral:{leg.pk}", closed_at__isnull=True)
    if leg.status not in (*UNSENT, *TERMINAL):
        assert grounds.filter(organisation=leg.target_id).exists()
    if leg.status == Status.ENTERED_IN_ERROR:
        assert not grounds.exists()


def says_when_as_its_history_does(leg):
    """14: what the figures are made of stands in the history: when it ended, and that it did."""
    ended = leg.status in TERMINAL
    assert ended == (leg.ended_at is not None)
    assert not ended or leg.due_at is None
    assert bool(leg.arrived_at) == any(one.event == Event.ARRIVE for one in entries(leg))
    assert leg.accepted_at is None or any(one.event == Event.ACCEPT for one in entries(leg))


def ends_with_the_patient(leg):
    """15: no open leg of somebody who has died."""
    assert leg.status in TERMINAL or not leg.patient.person.deceased_at


INVARIANTS = (
    moves_by_the_table_alone, acts_by_its_side, goes_between_two_open_places, stands_alone, keeps_its_place,
    went_with_consent, ended_with_its_reason, is_never_later_by_waiting, is_cared_for_in_a_record,
    is_followed_by_a_plan, replays, announces_each_step_once, opens_what_it_may, says_when_as_its_history_does,
    ends_with_the_patient,
)  # fmt: skip
"""In the order of the paper, 1 to 15."""


def hold(leg):
    """Every invariant of the leg as it stands now; its history is read once for all of them."""
    leg.told = list(leg.entries.order_by("version"))
    for check in INVARIANTS:
        check(leg)
