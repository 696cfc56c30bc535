"""States, events and the transition table of a referral leg (双向转诊); what each state is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from consortium.choices import Role
from kernel.errors import Text
from kernel.workflow import Step


class Direction(TextChoices):
    UP = "up", pgettext_lazy("referral", "up")  # 上转
    DOWN = "down", pgettext_lazy("referral", "down")  # 下转


class Priority(TextChoices):
    EMERGENCY = "emergency", pgettext_lazy("referral", "emergency")  # 紧急
    URGENT = "urgent", pgettext_lazy("referral", "urgent")  # 加急
    ROUTINE = "routine", pgettext_lazy("referral", "routine")  # 普通


PAPER: Final = "referral.form"
"""What a sealed form of this room is called (`kernel.papers`)."""


class Status(TextChoices):
    DRAFT = "draft", pgettext_lazy("referral", "draft")  # 草稿
    SUBMITTED = "submitted", pgettext_lazy("referral", "awaiting acceptance")  # 待接收
    ACCEPTED = "accepted", pgettext_lazy("referral", "accepted")  # 同意接收
    SCHEDULED = "scheduled", pgettext_lazy("referral", "bed kept")  # 已预约/床位已留
    ARRIVED = "arrived", pgettext_lazy("referral", "arrived")  # 已到诊
    IN_CARE = "in_care", pgettext_lazy("referral", "in care")  # 诊疗中
    CARE_COMPLETED = "care_completed", pgettext_lazy("referral", "reply to be read")  # 待反馈确认
    REHAB_ACTIVE = "rehab_active", pgettext_lazy("referral", "follow-up running")  # 康复随访
    CLOSED = "closed", pgettext_lazy("referral", "closed")  # 结案
    REJECTED = "rejected", pgettext_lazy("referral", "rejected")  # 拒绝
    CANCELLED = "cancelled", pgettext_lazy("referral", "withdrawn")  # 撤回
    ENTERED_IN_ERROR = "entered_in_error", pgettext_lazy("referral", "void")  # 作废


TERMINAL: Final = (Status.CLOSED, Status.REJECTED, Status.CANCELLED, Status.ENTERED_IN_ERROR)


class Event(TextChoices):
    SUBMIT = "submit", pgettext_lazy("referral", "submitted")
    DISCARD = "discard", pgettext_lazy("referral", "discarded")
    ACCEPT = "accept", pgettext_lazy("referral", "accepted")
    SCHEDULE = "schedule", pgettext_lazy("referral", "bed kept")
    REJECT = "reject", pgettext_lazy("referral", "rejected")
    WITHDRAW = "withdraw", pgettext_lazy("referral", "withdrawn")
    ARRIVE = "arrive", pgettext_lazy("referral", "arrived")
    ADMIT = "admit", pgettext_lazy("referral", "taken into care")
    COMPLETE_CARE = "complete_care", pgettext_lazy("referral", "care completed")
    ACKNOWLEDGE = "acknowledge", pgettext_lazy("referral", "reply read")
    START_DOWN_LEG = "start_down_leg", pgettext_lazy("referral", "referred down")
    START_REHAB = "start_rehab", pgettext_lazy("referral", "follow-up begun")
    LOG_VISIT = "log_visit", pgettext_lazy("referral", "visit recorded")
    FINISH_PLAN = "finish_plan", pgettext_lazy("referral", "plan finished")


class Side(TextChoices):
    SENDER = "sender", pgettext_lazy("referral", "sending side")
    RECEIVER = "receiver", pgettext_lazy("referral", "receiving side")


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

    NO_CAPACITY = "R01", pgettext_lazy("referral", "no capacity")
    OUTSIDE_SCOPE = "R02", pgettext_lazy("referral", "outside our scope")
    WRONG_DEPARTMENT = "R03", pgettext_lazy("referral", "wrong department")
    CRITERIA = "R04", pgettext_lazy("referral", "does not meet the criteria")
    INFORMATION = "R05", pgettext_lazy("referral", "information insufficient")
    DUPLICATE = "R06", pgettext_lazy("referral", "duplicate")
    PATIENT_DECLINED = "R07", pgettext_lazy("referral", "patient declined")
    HIGHER_LEVEL = "R08", pgettext_lazy("referral", "needs a higher level")
    ISOLATION = "R09", pgettext_lazy("referral", "infection control")
    OTHER = "R99", pgettext_lazy("referral", "other")


class AttachmentKind(TextChoices):
    SUMMARY = "Composition", pgettext_lazy("referral", "record summary")
    REPORT = "DiagnosticReport", pgettext_lazy("referral", "report")
    ECG = "Observation", pgettext_lazy("referral", "ECG recording")
    IMAGE = "ImagingStudy", pgettext_lazy("referral", "images")


class ItemState(TextChoices):
    """A line of the down leg's plan."""

    DUE = "due", pgettext_lazy("referral", "due")
    DONE = "done", pgettext_lazy("referral", "done")
    WAIVED = "waived", pgettext_lazy("referral", "waived")


class ConsentBasis(TextChoices):
    """No submission without one of these."""

    PATIENT = "patient", pgettext_lazy("referral", "the patient has agreed")
    RELATIVE = "relative", pgettext_lazy("referral", "a relative has agreed")
    EMERGENCY = "emergency", pgettext_lazy("referral", "emergency: agreement follows")


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
