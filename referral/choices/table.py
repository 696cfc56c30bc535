"""Events of a leg and the transition table: 86 rows keyed by (state, event), each naming side and posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from consortium.choices import Role
from kernel.workflow import Step
from referral.choices.states import Side, Status


class Direction(TextChoices):
    UP = "up", pgettext_lazy("referral", "up")  # 上转
    DOWN = "down", pgettext_lazy("referral", "down")  # 下转
    LATERAL = "lateral", pgettext_lazy("referral", "lateral")  # 平转


class Event(TextChoices):
    SUBMIT = "submit", pgettext_lazy("referral", "submitted")
    SUBMIT_FOR_REVIEW = "submit_for_review", pgettext_lazy("referral", "sent for a second signature")
    EMERGENCY_SEND = "emergency_send", pgettext_lazy("referral", "sent at once: emergency")
    DISCARD = "discard", pgettext_lazy("referral", "discarded")
    EXPIRE = "expire", pgettext_lazy("referral", "expired")
    APPROVE = "approve", pgettext_lazy("referral", "second signature given")
    SEND_BACK = "send_back", pgettext_lazy("referral", "sent back")
    ESCALATE = "escalate", pgettext_lazy("referral", "late: passed up")
    WITHDRAW = "withdraw", pgettext_lazy("referral", "withdrawn")
    REQUEST_INFO = "request_info", pgettext_lazy("referral", "more asked for")
    ADVISE = "advise", pgettext_lazy("referral", "advised, stays")
    ACCEPT = "accept", pgettext_lazy("referral", "accepted")
    REJECT = "reject", pgettext_lazy("referral", "rejected")
    REDIRECT = "redirect", pgettext_lazy("referral", "passed on")
    SUPPLY_INFO = "supply_info", pgettext_lazy("referral", "supplied what was asked for")
    SCHEDULE = "schedule", pgettext_lazy("referral", "bed kept")
    WAITLIST = "waitlist", pgettext_lazy("referral", "put on the waiting list")
    START_TRANSFER = "start_transfer", pgettext_lazy("referral", "set out")
    REVOKE = "revoke", pgettext_lazy("referral", "acceptance taken back")
    RESCHEDULE = "reschedule", pgettext_lazy("referral", "bed or time changed")
    ARRIVE = "arrive", pgettext_lazy("referral", "arrived")
    MARK_NO_SHOW = "mark_no_show", pgettext_lazy("referral", "did not come")
    PATIENT_DECLINE = "patient_decline", pgettext_lazy("referral", "the patient declined")
    DIVERT = "divert", pgettext_lazy("referral", "diverted on the way")
    TURN_BACK = "turn_back", pgettext_lazy("referral", "turned back")
    DEATH = "death", pgettext_lazy("referral", "died")
    CLOSE_NO_SHOW = "close_no_show", pgettext_lazy("referral", "closed after the call")
    ADMIT = "admit", pgettext_lazy("referral", "taken into care")
    START_REHAB = "start_rehab", pgettext_lazy("referral", "follow-up begun")
    REFUSE_ON_ARRIVAL = "refuse_on_arrival", pgettext_lazy("referral", "refused on arrival")
    COMPLETE_CARE = "complete_care", pgettext_lazy("referral", "care completed")
    REFER_ONWARD = "refer_onward", pgettext_lazy("referral", "referred out of the county")
    START_DOWN_LEG = "start_down_leg", pgettext_lazy("referral", "referred down")
    ACKNOWLEDGE = "acknowledge", pgettext_lazy("referral", "reply read")
    LOG_VISIT = "log_visit", pgettext_lazy("referral", "visit recorded")
    FINISH_PLAN = "finish_plan", pgettext_lazy("referral", "plan finished")
    RE_ESCALATE = "re_escalate", pgettext_lazy("referral", "referred up again")
    CONFIRM_READY = "confirm_ready", pgettext_lazy("referral", "ready to receive")
    VOID = "void", pgettext_lazy("referral", "declared void")


class Aside(TextChoices):
    """What happens to a leg beside the table: its state stays, its version counts on (ADR 0011)."""

    PRIORITISED = "prioritised", pgettext_lazy("referral", "urgency changed")
    EXPECTED_MOVED = "expected_moved", pgettext_lazy("referral", "expected day changed")
    FORM_COMPLETED = "form_completed", pgettext_lazy("referral", "form and consent completed")
    RECORD_COMPLETED = "record_completed", pgettext_lazy("referral", "record of the rescue completed")
    DISCHARGED = "discharged", pgettext_lazy("referral", "discharged")  # 出院


class Behalf(TextChoices):
    """Who acted where staff only wrote it down: those have no account."""

    PATIENT = "patient", pgettext_lazy("referral", "the patient")
    AMBULANCE = "ambulance", pgettext_lazy("referral", "the ambulance")  # 120
    OUTSIDE = "outside", pgettext_lazy("referral", "the hospital outside")  # 县外医院


@dataclass(frozen=True, slots=True)
class LegStep(Step):
    """A row of the table: where the event leads, which side may cause it, in which posts, on whose behalf."""

    side: Side
    roles: tuple[Role, ...] = ()
    behalf: str = ""


REFER_DOCTOR: Final = (Role.BRANCH_DOCTOR, Role.SPECIALIST)
REVIEWER: Final = (Role.BRANCH_REVIEWER,)
TRIAGE: Final = (Role.COORDINATOR, Role.BRANCH_DOCTOR)
"""Who answers: the coordinator; at a branch, which has none, its own doctor."""
BED_DESK: Final = (Role.COORDINATOR, Role.BED_DESK)
RECEPTION: Final = (Role.RECEPTION, Role.BRANCH_DOCTOR)
CARERS: Final = (Role.SPECIALIST, Role.BRANCH_DOCTOR)
"""接诊医师; at a branch its doctor."""
BRANCH_DOCTOR: Final = (Role.BRANCH_DOCTOR,)
ON_THE_LINE: Final = (*REFER_DOCTOR, Role.COORDINATOR, Role.RECEPTION)
"""Who hears from the ambulance by telephone."""

_S, _E, _SEND, _RECEIVE = Status, Event, Side.SENDER, Side.RECEIVER
_DOCTOR, _SECOND = (_SEND, REFER_DOCTOR), (_SEND, REVIEWER)
_DESK, _BEDS, _DOOR = (_RECEIVE, TRIAGE), (_RECEIVE, BED_DESK), (_RECEIVE, RECEPTION)
_CARE, _BRANCH, _CLOCK = (_RECEIVE, CARERS), (_RECEIVE, BRANCH_DOCTOR), (Side.SYSTEM, ())
_PATIENT = (_SEND, REFER_DOCTOR, Behalf.PATIENT)
_EMS = (Side.EITHER, ON_THE_LINE, Behalf.AMBULANCE)
TRANSITIONS: Final[Mapping[tuple[Status, Event], LegStep]] = {
    (_S.DRAFT, _E.SUBMIT): LegStep(_S.SUBMITTED, *_DOCTOR),
    (_S.DRAFT, _E.SUBMIT_FOR_REVIEW): LegStep(_S.INTERNAL_REVIEW, *_DOCTOR),
    (_S.DRAFT, _E.EMERGENCY_SEND): LegStep(_S.IN_TRANSIT, *_DOCTOR),
    (_S.DRAFT, _E.DISCARD): LegStep(_S.ENTERED_IN_ERROR, *_DOCTOR),
    (_S.DRAFT, _E.EXPIRE): LegStep(_S.EXPIRED, *_CLOCK),
    (_S.DRAFT, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.INTERNAL_REVIEW, _E.APPROVE): LegStep(_S.SUBMITTED, *_SECOND),
    (_S.INTERNAL_REVIEW, _E.SEND_BACK): LegStep(_S.DRAFT, *_SECOND),
    (_S.INTERNAL_REVIEW, _E.ESCALATE): LegStep(_S.INTERNAL_REVIEW, *_CLOCK),
    (_S.INTERNAL_REVIEW, _E.EMERGENCY_SEND): LegStep(_S.IN_TRANSIT, *_DOCTOR),
    (_S.INTERNAL_REVIEW, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.SUBMITTED, _E.WITHDRAW): LegStep(_S.CANCELLED, *_DOCTOR),
    (_S.SUBMITTED, _E.REQUEST_INFO): LegStep(_S.INFO_REQUESTED, *_DESK),
    (_S.SUBMITTED, _E.ADVISE): LegStep(_S.MANAGED_LOCALLY, *_CARE),
    (_S.SUBMITTED, _E.ACCEPT): LegStep(_S.ACCEPTED, *_DESK),
    (_S.SUBMITTED, _E.REJECT): LegStep(_S.REJECTED, *_DESK),
    (_S.SUBMITTED, _E.REDIRECT): LegStep(_S.REDIRECTED, *_DESK),
    (_S.SUBMITTED, _E.ESCALATE): LegStep(_S.SUBMITTED, *_CLOCK),
    (_S.SUBMITTED, _E.ARRIVE): LegStep(_S.ARRIVED, *_DOOR),
    (_S.SUBMITTED, _E.EMERGENCY_SEND): LegStep(_S.IN_TRANSIT, *_DOCTOR),
    (_S.SUBMITTED, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.SUBMITTED, _E.VOID): LegStep(_S.ENTERED_IN_ERROR, *_SECOND),
    (_S.INFO_REQUESTED, _E.SUPPLY_INFO): LegStep(_S.SUBMITTED, *_DOCTOR),
    (_S.INFO_REQUESTED, _E.WITHDRAW): LegStep(_S.CANCELLED, *_DOCTOR),
    (_S.INFO_REQUESTED, _E.ESCALATE): LegStep(_S.INFO_REQUESTED, *_CLOCK),
    (_S.INFO_REQUESTED, _E.EXPIRE): LegStep(_S.EXPIRED, *_CLOCK),
    (_S.INFO_REQUESTED, _E.ARRIVE): LegStep(_S.ARRIVED, *_DOOR),
    (_S.INFO_REQUESTED, _E.EMERGENCY_SEND): LegStep(_S.IN_TRANSIT, *_DOCTOR),
    (_S.INFO_REQUESTED, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.INFO_REQUESTED, _E.VOID): LegStep(_S.ENTERED_IN_ERROR, *_SECOND),
    (_S.ACCEPTED, _E.SCHEDULE): LegStep(_S.SCHEDULED, *_BEDS),
    (_S.ACCEPTED, _E.WAITLIST): LegStep(_S.WAITLISTED, *_BEDS),
    (_S.ACCEPTED, _E.START_TRANSFER): LegStep(_S.IN_TRANSIT, *_DOCTOR),
    (_S.ACCEPTED, _E.REVOKE): LegStep(_S.REJECTED, *_DESK),
    (_S.ACCEPTED, _E.WITHDRAW): LegStep(_S.CANCELLED, *_DOCTOR),
    (_S.ACCEPTED, _E.ESCALATE): LegStep(_S.ACCEPTED, *_CLOCK),
    (_S.ACCEPTED, _E.ARRIVE): LegStep(_S.ARRIVED, *_DOOR),
    (_S.ACCEPTED, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.ACCEPTED, _E.VOID): LegStep(_S.ENTERED_IN_ERROR, *_SECOND),
    (_S.WAITLISTED, _E.SCHEDULE): LegStep(_S.SCHEDULED, *_BEDS),
    (_S.WAITLISTED, _E.REDIRECT): LegStep(_S.REDIRECTED, *_DESK),
    (_S.WAITLISTED, _E.WITHDRAW): LegStep(_S.CANCELLED, *_DOCTOR),
    (_S.WAITLISTED, _E.ESCALATE): LegStep(_S.WAITLISTED, *_CLOCK),
    (_S.WAITLISTED, _E.ARRIVE): LegStep(_S.ARRIVED, *_DOOR),
    (_S.WAITLISTED, _E.EMERGENCY_SEND): LegStep(_S.IN_TRANSIT, *_DOCTOR),
    (_S.WAITLISTED, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.WAITLISTED, _E.VOID): LegStep(_S.ENTERED_IN_ERROR, *_SECOND),
    (_S.SCHEDULED, _E.RESCHEDULE): LegStep(_S.SCHEDULED, *_BEDS),
    (_S.SCHEDULED, _E.START_TRANSFER): LegStep(_S.IN_TRANSIT, *_DOCTOR),
    (_S.SCHEDULED, _E.ARRIVE): LegStep(_S.ARRIVED, *_DOOR),
    (_S.SCHEDULED, _E.MARK_NO_SHOW): LegStep(_S.NO_SHOW, *_CLOCK),
    (_S.SCHEDULED, _E.WITHDRAW): LegStep(_S.CANCELLED, *_DOCTOR),
    (_S.SCHEDULED, _E.PATIENT_DECLINE): LegStep(_S.CANCELLED, *_PATIENT),
    (_S.SCHEDULED, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.SCHEDULED, _E.VOID): LegStep(_S.ENTERED_IN_ERROR, *_SECOND),
    (_S.IN_TRANSIT, _E.ARRIVE): LegStep(_S.ARRIVED, *_DOOR),
    (_S.IN_TRANSIT, _E.DIVERT): LegStep(_S.REDIRECTED, *_EMS),
    (_S.IN_TRANSIT, _E.TURN_BACK): LegStep(_S.CANCELLED, *_DOCTOR),
    (_S.IN_TRANSIT, _E.DEATH): LegStep(_S.DIED, *_EMS),
    (_S.IN_TRANSIT, _E.ESCALATE): LegStep(_S.IN_TRANSIT, *_CLOCK),
    (_S.IN_TRANSIT, _E.CONFIRM_READY): LegStep(_S.IN_TRANSIT, *_DESK),
    (_S.IN_TRANSIT, _E.VOID): LegStep(_S.ENTERED_IN_ERROR, *_SECOND),
    (_S.NO_SHOW, _E.RESCHEDULE): LegStep(_S.SCHEDULED, *_BEDS),
    (_S.NO_SHOW, _E.CLOSE_NO_SHOW): LegStep(_S.CANCELLED, *_DOCTOR),
    (_S.NO_SHOW, _E.ARRIVE): LegStep(_S.ARRIVED, *_DOOR),
    (_S.NO_SHOW, _E.ESCALATE): LegStep(_S.NO_SHOW, *_CLOCK),
    (_S.NO_SHOW, _E.DEATH): LegStep(_S.DIED, *_DOCTOR),
    (_S.ARRIVED, _E.ADMIT): LegStep(_S.IN_CARE, *_CARE),
    (_S.ARRIVED, _E.START_REHAB): LegStep(_S.REHAB_ACTIVE, *_BRANCH),
    (_S.ARRIVED, _E.REFUSE_ON_ARRIVAL): LegStep(_S.REJECTED, *_CARE),
    (_S.ARRIVED, _E.DEATH): LegStep(_S.DIED, *_CARE),
    (_S.ARRIVED, _E.ESCALATE): LegStep(_S.ARRIVED, *_CLOCK),
    (_S.IN_CARE, _E.COMPLETE_CARE): LegStep(_S.CARE_COMPLETED, *_CARE),
    (_S.IN_CARE, _E.REFER_ONWARD): LegStep(_S.REDIRECTED, *_CARE),
    (_S.IN_CARE, _E.DEATH): LegStep(_S.DIED, *_CARE),
    (_S.IN_CARE, _E.ESCALATE): LegStep(_S.IN_CARE, *_CLOCK),
    (_S.CARE_COMPLETED, _E.START_DOWN_LEG): LegStep(_S.CLOSED, *_CARE),
    (_S.CARE_COMPLETED, _E.ACKNOWLEDGE): LegStep(_S.CLOSED, *_DOCTOR),
    (_S.CARE_COMPLETED, _E.ESCALATE): LegStep(_S.CARE_COMPLETED, *_CLOCK),
    (_S.CARE_COMPLETED, _E.DEATH): LegStep(_S.CLOSED, *_DOCTOR),
    (_S.CARE_COMPLETED, _E.START_REHAB): LegStep(_S.REHAB_ACTIVE, *_BRANCH),
    (_S.REHAB_ACTIVE, _E.LOG_VISIT): LegStep(_S.REHAB_ACTIVE, *_BRANCH),
    (_S.REHAB_ACTIVE, _E.FINISH_PLAN): LegStep(_S.CLOSED, *_BRANCH),
    (_S.REHAB_ACTIVE, _E.RE_ESCALATE): LegStep(_S.CLOSED, *_BRANCH),
    (_S.REHAB_ACTIVE, _E.DEATH): LegStep(_S.DIED, *_BRANCH),
    (_S.REHAB_ACTIVE, _E.ESCALATE): LegStep(_S.REHAB_ACTIVE, *_CLOCK),
}
ONLY: Final[Mapping[Event, frozenset[Direction]]] = {
    Event.START_DOWN_LEG: frozenset({Direction.UP, Direction.LATERAL}),
    Event.START_REHAB: frozenset({Direction.DOWN}),
}
"""Events that belong to some directions only."""


def fits(event: Event, direction: str) -> bool:
    """Whether the event exists for legs of this direction."""
    return event not in ONLY or direction in ONLY[event]
