"""The transition table held against the paper's, and every pair it does not know refused."""

import importlib.util
from dataclasses import dataclass

import pytest

from config.local.places import ROOT
from kernel.errors import Conflict
from kernel.workflow import move
from referral.choices import FIRED, TERMINAL, TIMERS, TRANSITIONS, Behalf, Event, Side, Status
from referral.services import VERBS

PAPER = ROOT.parent / "shared" / "domain" / "referral_machine.py"
SIDES = {
    "refer_doctor@S": (Side.SENDER, ""),
    "branch_reviewer@S": (Side.SENDER, ""),
    "triage@R": (Side.RECEIVER, ""),
    "specialist@R": (Side.RECEIVER, ""),
    "bed_or_slot_desk@R": (Side.RECEIVER, ""),
    "reception@R": (Side.RECEIVER, ""),
    "branch_doctor@R": (Side.RECEIVER, ""),
    "patient@S": (Side.SENDER, Behalf.PATIENT),
    "ems@X": (Side.EITHER, Behalf.AMBULANCE),
    "system@X": (Side.SYSTEM, ""),
}


@dataclass
class Row:
    """A state and a version, as `move` asks for."""

    status: str
    version: int = 1


@pytest.mark.skipif(not PAPER.exists(), reason="the paper of the machine is not beside this checkout")
def test_the_table_is_the_papers():
    spec = importlib.util.spec_from_file_location("paper", PAPER)
    paper = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(paper)
    wanted = {(where, event): (to, *SIDES[who]) for where, event, to, who, _guard in paper.E}
    ours = {
        (where.value, event.value): (step.to, step.side, step.behalf)
        for (where, event), step in TRANSITIONS.items()
    }
    assert ours == wanted
    assert {state.value for state in TERMINAL} == paper.TERMINAL
    assert {state.value: FIRED[state].value for state in TIMERS} == {
        state: timer[3] for state, timer in paper.TIMERS.items()
    }


def test_the_size_of_the_machine():
    assert (len(Status), len(TERMINAL), len(TRANSITIONS), len(Event)) == (21, 8, 86, 39)


def test_every_state_is_reached_and_ends():
    leads = {
        status: {step.to for (where, _), step in TRANSITIONS.items() if where == status} for status in Status
    }
    reached, ends = {Status.DRAFT}, set(TERMINAL)
    for _round in Status:
        reached |= {after for status in reached for after in leads[status]}
        ends |= {status for status, after in leads.items() if after & ends}
    assert reached == ends == set(Status)
    assert {status for status in Status if not leads[status]} == set(TERMINAL)


def test_every_event_of_a_person_has_its_verb():
    clocks = {event for (_, event), step in TRANSITIONS.items() if step.side == Side.SYSTEM}
    assert set(VERBS) == set(Event) - clocks


def test_each_of_the_733_other_pairs_is_a_conflict():
    others = [(status, event) for status in Status for event in Event if (status, event) not in TRANSITIONS]
    assert len(others) == 733
    for status, event in others:
        row = Row(status)
        with pytest.raises(Conflict):
            move(row, event, TRANSITIONS)
        assert row == Row(status)
