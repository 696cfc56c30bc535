"""States, events and the transition table of a referral leg (双向转诊); what each state is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from kernel.errors import Text
from kernel.workflow import Step


class Direction(TextChoices):
    UP = "up", _("up")  # 上转
    DOWN = "down", _("down")  # 下转


class Priority(TextChoices):
    EMERGENCY = "emergency", _("emergency")  # 紧急
    URGENT = "urgent", _("urgent")  # 加急
    ROUTINE = "routine", _("routine")  # 普通


class Status(TextChoices):
    DRAFT = "draft", _("draft")  # 草稿
    SUBMITTED = "submitted", _("awaiting acceptance")  # 待接收
    ACCEPTED = "accepted", _("accepted")  # 同意接收
    SCHEDULED = "scheduled", _("bed kept")  # 已预约/床位已留
    ARRIVED = "arrived", _("arrived")  # 已到诊
    IN_CARE = "in_care", _("in care")  # 诊疗中
    CARE_COMPLETED = "care_completed", _("reply to be read")  # 待反馈确认
    REHAB_ACTIVE = "rehab_active", _("follow-up running")  # 康复随访
    CLOSED = "closed", _("closed")  # 结案
    REJECTED = "rejected", _("rejected")  # 拒绝
    CANCELLED = "cancelled", _("withdrawn")  # 撤回
    ENTERED_IN_ERROR = "entered_in_error", _("void")  # 作废


TERMINAL: Final = (Status.CLOSED, Status.REJECTED, Status.CANCELLED, Status.ENTERED_IN_ERROR)


class Event(TextChoices):
    SUBMIT = "submit", _("submitted")
    DISCARD = "discard", _("discarded")
    ACCEPT = "accept", _("accepted")
    SCHEDULE = "schedule", _("bed kept")
    REJECT = "reject", _("rejected")
    WITHDRAW = "withdraw", _("withdrawn")
    ARRIVE = "arrive", _("arrived")
    ADMIT = "admit", _("taken into care")
    COMPLETE_CARE = "complete_care", _("care completed")
    ACKNOWLEDGE = "acknowledge", _("reply read")
    START_DOWN_LEG = "start_down_leg", _("referred down")
    START_REHAB = "start_rehab", _("follow-up begun")
    LOG_VISIT = "log_visit", _("visit recorded")
    FINISH_PLAN = "finish_plan", _("plan finished")


class Side(TextChoices):
    SENDER = "sender", _("sending side")
    RECEIVER = "receiver", _("receiving side")


@dataclass(frozen=True, slots=True)
class LegStep(Step):
    """A row of the table: where the event leads, which side may cause it, in which posts."""

    side: Side
    roles: tuple[Role, ...]


REFER_DOCTOR: Final = (Role.BRANCH_DOCTOR, Role.SPECIALIST)
TRIAGE: Final = (Role.COORDINATOR, Role.BRANCH_DOCTOR)
"""Who answers: the coordinator; at a branch, which has none, its own doctor."""
BED_DESK: Final = (Role.COORDINATOR, Role.BED_DESK)
RECEPTION: Final = (Role.RECEPTION, Role.BRANCH_DOCTOR)
CARERS: Final = (Role.SPECIALIST, Role.BRANCH_DOCTOR)
"""接诊医师; at a branch its doctor."""

_S, _E, _SEND, _RECEIVE = Status, Event, Side.SENDER, Side.RECEIVER
TRANSITIONS: Final[Mapping[tuple[Status, Event], LegStep]] = {
    (_S.DRAFT, _E.SUBMIT): LegStep(_S.SUBMITTED, _SEND, REFER_DOCTOR),
    (_S.DRAFT, _E.DISCARD): LegStep(_S.ENTERED_IN_ERROR, _SEND, REFER_DOCTOR),
    (_S.SUBMITTED, _E.ACCEPT): LegStep(_S.ACCEPTED, _RECEIVE, TRIAGE),
    (_S.SUBMITTED, _E.REJECT): LegStep(_S.REJECTED, _RECEIVE, TRIAGE),
    (_S.SUBMITTED, _E.WITHDRAW): LegStep(_S.CANCELLED, _SEND, REFER_DOCTOR),
    (_S.SUBMITTED, _E.ARRIVE): LegStep(_S.ARRIVED, _RECEIVE, RECEPTION),
    (_S.ACCEPTED, _E.SCHEDULE): LegStep(_S.SCHEDULED, _RECEIVE, BED_DESK),
    (_S.ACCEPTED, _E.WITHDRAW): LegStep(_S.CANCELLED, _SEND, REFER_DOCTOR),
    (_S.ACCEPTED, _E.ARRIVE): LegStep(_S.ARRIVED, _RECEIVE, RECEPTION),
    (_S.SCHEDULED, _E.WITHDRAW): LegStep(_S.CANCELLED, _SEND, REFER_DOCTOR),
    (_S.SCHEDULED, _E.ARRIVE): LegStep(_S.ARRIVED, _RECEIVE, RECEPTION),
    (_S.ARRIVED, _E.ADMIT): LegStep(_S.IN_CARE, _RECEIVE, CARERS),
    (_S.ARRIVED, _E.START_REHAB): LegStep(_S.REHAB_ACTIVE, _RECEIVE, (Role.BRANCH_DOCTOR,)),
    (_S.IN_CARE, _E.COMPLETE_CARE): LegStep(_S.CARE_COMPLETED, _RECEIVE, CARERS),
    (_S.CARE_COMPLETED, _E.ACKNOWLEDGE): LegStep(_S.CLOSED, _SEND, REFER_DOCTOR),
    (_S.CARE_COMPLETED, _E.START_DOWN_LEG): LegStep(_S.CLOSED, _RECEIVE, CARERS),
    (_S.REHAB_ACTIVE, _E.LOG_VISIT): LegStep(_S.REHAB_ACTIVE, _RECEIVE, (Role.BRANCH_DOCTOR,)),
    (_S.REHAB_ACTIVE, _E.FINISH_PLAN): LegStep(_S.CLOSED, _RECEIVE, (Role.BRANCH_DOCTOR,)),
}
ONLY: Final[Mapping[Event, Direction]] = {
    Event.ADMIT: Direction.UP,
    Event.START_DOWN_LEG: Direction.UP,
    Event.ACKNOWLEDGE: Direction.UP,
    Event.START_REHAB: Direction.DOWN,
}
"""Events that belong to one direction."""


class RejectCode(TextChoices):
    """Why a referral is not taken (R01-R99), each with words and what to do instead."""

    NO_CAPACITY = "R01", _("no capacity")
    OUTSIDE_SCOPE = "R02", _("outside our scope")
    WRONG_DEPARTMENT = "R03", _("wrong department")
    CRITERIA = "R04", _("does not meet the criteria")
    INFORMATION = "R05", _("information insufficient")
    DUPLICATE = "R06", _("duplicate")
    PATIENT_DECLINED = "R07", _("patient declined")
    HIGHER_LEVEL = "R08", _("needs a higher level")
    ISOLATION = "R09", _("infection control")
    OTHER = "R99", _("other")


class AttachmentKind(TextChoices):
    SUMMARY = "Composition", _("record summary")
    REPORT = "DiagnosticReport", _("report")
    ECG = "Observation", _("ECG recording")
    IMAGE = "ImagingStudy", _("images")


class ItemState(TextChoices):
    """A line of the down leg's plan."""

    DUE = "due", _("due")
    DONE = "done", _("done")
    WAIVED = "waived", _("waived")


class ConsentBasis(TextChoices):
    """No submission without one of these."""

    PATIENT = "patient", _("the patient has agreed")
    RELATIVE = "relative", _("a relative has agreed")
    EMERGENCY = "emergency", _("emergency: agreement follows")


def _hours(routine: float, urgent: float, emergency: float) -> dict[str, timedelta]:
    spans = zip(Priority.values[::-1], (routine, urgent, emergency), strict=True)
    return {name: timedelta(hours=hours) for name, hours in spans}


TIMERS: Final[Mapping[Status, Mapping[str, timedelta]]] = {
    Status.SUBMITTED: _hours(24, 2, 1 / 6),
    Status.ACCEPTED: _hours(48, 4, 0.25),
    Status.SCHEDULED: _hours(28, 6, 1),
    Status.ARRIVED: _hours(24, 4, 0.5),
    Status.IN_CARE: _hours(24 * 30, 24 * 30, 24 * 30),
    Status.CARE_COMPLETED: _hours(72, 72, 72),
    Status.REHAB_ACTIVE: _hours(24 * 30, 24 * 30, 24 * 30),
}
"""How long a leg may wait in a state: decision, booking, arrival, first doctor, stay, reading the reply."""
HOLD: Final = timedelta(hours=24)
"""A bed is kept this long for a patient on the way."""


@dataclass(frozen=True, slots=True)
class Look:
    """A state as a badge: words, tone, icon."""

    text: Text
    tone: str
    icon: str


_LOOKS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.DRAFT: ("", "pencil"),
    Status.SUBMITTED: ("here", "inbox"),
    Status.ACCEPTED: ("here", "check"),
    Status.SCHEDULED: ("here", "calendar"),
    Status.ARRIVED: ("here", "door-enter"),
    Status.IN_CARE: ("here", "stethoscope"),
    Status.CARE_COMPLETED: ("here", "message-question"),
    Status.REHAB_ACTIVE: ("down", "heartbeat"),
    Status.CLOSED: ("good", "check"),
    Status.REJECTED: ("stop", "x"),
    Status.CANCELLED: ("", "clock"),
    Status.ENTERED_IN_ERROR: ("", "clock"),
}
TURN: Final[Mapping[Status, Side]] = {
    Status.DRAFT: Side.SENDER,
    Status.SUBMITTED: Side.RECEIVER,
    Status.ACCEPTED: Side.RECEIVER,
    Status.SCHEDULED: Side.RECEIVER,
    Status.ARRIVED: Side.RECEIVER,
    Status.IN_CARE: Side.RECEIVER,
    Status.CARE_COMPLETED: Side.SENDER,
    Status.REHAB_ACTIVE: Side.RECEIVER,
}
"""Whose turn it is (现在轮到谁)."""


def look(status: str, *, mine: bool) -> Look:
    """The badge of a state; amber when it waits for the reader's own side."""
    state = Status(status)
    tone, icon = _LOOKS[state]
    return Look(state.label, "me" if mine and tone == "here" else tone, icon)


FHIR_TASK: Final[Mapping[Status, str]] = {
    Status.DRAFT: "draft",
    Status.SUBMITTED: "requested",
    Status.ACCEPTED: "accepted",
    Status.SCHEDULED: "accepted",
    Status.ARRIVED: "accepted",
    Status.IN_CARE: "in-progress",
    Status.CARE_COMPLETED: "in-progress",
    Status.REHAB_ACTIVE: "in-progress",
    Status.CLOSED: "completed",
    Status.REJECTED: "rejected",
    Status.CANCELLED: "cancelled",
    Status.ENTERED_IN_ERROR: "entered-in-error",
}
"""Our state → FHIR Task.status; businessStatus carries our own word."""
