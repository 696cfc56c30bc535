"""States of a leg, whose turn it is in each, how each looks and what FHIR calls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from kernel.errors import Text


class Status(TextChoices):
    DRAFT = "draft", pgettext_lazy("referral", "draft")  # 草稿
    INTERNAL_REVIEW = "internal_review", pgettext_lazy("referral", "second signature")  # 院内审核
    SUBMITTED = "submitted", pgettext_lazy("referral", "awaiting acceptance")  # 待接收
    INFO_REQUESTED = "info_requested", pgettext_lazy("referral", "more asked for")  # 待补充
    ACCEPTED = "accepted", pgettext_lazy("referral", "accepted")  # 同意接收
    WAITLISTED = "waitlisted", pgettext_lazy("referral", "waiting for a place")  # 候床/候号
    SCHEDULED = "scheduled", pgettext_lazy("referral", "bed kept")  # 已预约/床位已留
    IN_TRANSIT = "in_transit", pgettext_lazy("referral", "on the way")  # 转运中
    ARRIVED = "arrived", pgettext_lazy("referral", "arrived")  # 已到诊
    NO_SHOW = "no_show", pgettext_lazy("referral", "did not come")  # 未到诊
    IN_CARE = "in_care", pgettext_lazy("referral", "in care")  # 诊疗中
    CARE_COMPLETED = "care_completed", pgettext_lazy("referral", "reply to be read")  # 待反馈确认
    REHAB_ACTIVE = "rehab_active", pgettext_lazy("referral", "follow-up running")  # 康复随访
    CLOSED = "closed", pgettext_lazy("referral", "closed")  # 结案
    REJECTED = "rejected", pgettext_lazy("referral", "rejected")  # 拒绝
    MANAGED_LOCALLY = "managed_locally", pgettext_lazy("referral", "advised, stays")  # 指导后留基层诊治
    REDIRECTED = "redirected", pgettext_lazy("referral", "passed on")  # 转往他院
    CANCELLED = "cancelled", pgettext_lazy("referral", "withdrawn")  # 撤回
    EXPIRED = "expired", pgettext_lazy("referral", "expired")  # 逾期作废
    DIED = "died", pgettext_lazy("referral", "died")  # 死亡
    ENTERED_IN_ERROR = "entered_in_error", pgettext_lazy("referral", "void")  # 作废


TERMINAL: Final = (
    Status.CLOSED,
    Status.REJECTED,
    Status.MANAGED_LOCALLY,
    Status.REDIRECTED,
    Status.CANCELLED,
    Status.EXPIRED,
    Status.DIED,
    Status.ENTERED_IN_ERROR,
)
UNSENT: Final = (Status.DRAFT, Status.INTERNAL_REVIEW)
"""States in which the receiving side sees nothing."""


class Side(TextChoices):
    SENDER = "sender", pgettext_lazy("referral", "sending side")
    RECEIVER = "receiver", pgettext_lazy("referral", "receiving side")
    EITHER = "either", pgettext_lazy("referral", "either side")
    SYSTEM = "system", pgettext_lazy("referral", "the clock")


TURN: Final[Mapping[Status, Side]] = {
    Status.DRAFT: Side.SENDER,
    Status.INTERNAL_REVIEW: Side.SENDER,
    Status.SUBMITTED: Side.RECEIVER,
    Status.INFO_REQUESTED: Side.SENDER,
    Status.ACCEPTED: Side.RECEIVER,
    Status.WAITLISTED: Side.RECEIVER,
    Status.SCHEDULED: Side.RECEIVER,
    Status.IN_TRANSIT: Side.RECEIVER,
    Status.ARRIVED: Side.RECEIVER,
    Status.NO_SHOW: Side.SENDER,
    Status.IN_CARE: Side.RECEIVER,
    Status.CARE_COMPLETED: Side.SENDER,
    Status.REHAB_ACTIVE: Side.RECEIVER,
}
"""Whose turn it is (现在轮到谁)."""


def turn_of(status: str, follow_up: str = "") -> Side | None:
    """Whose turn it is; None when the leg has ended. After a stay with a plan to come the hospital still owes it."""
    if status == Status.CARE_COMPLETED and follow_up == "plan":
        return Side.RECEIVER
    return TURN.get(Status(status))


@dataclass(frozen=True, slots=True)
class Look:
    """A state as a badge: words, tone, icon."""

    text: Text
    tone: str
    icon: str


_LOOKS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.DRAFT: ("", "pencil"),
    Status.INTERNAL_REVIEW: ("here", "writing-sign"),
    Status.SUBMITTED: ("here", "inbox"),
    Status.INFO_REQUESTED: ("here", "message-question"),
    Status.ACCEPTED: ("here", "check"),
    Status.WAITLISTED: ("here", "hourglass"),
    Status.SCHEDULED: ("here", "calendar"),
    Status.IN_TRANSIT: ("here", "ambulance"),
    Status.ARRIVED: ("here", "door-enter"),
    Status.NO_SHOW: ("here", "user-question"),
    Status.IN_CARE: ("here", "stethoscope"),
    Status.CARE_COMPLETED: ("here", "message-question"),
    Status.REHAB_ACTIVE: ("down", "heartbeat"),
    Status.CLOSED: ("good", "check"),
    Status.REJECTED: ("stop", "x"),
    Status.MANAGED_LOCALLY: ("good", "bulb"),
    Status.REDIRECTED: ("", "arrows-exchange"),
    Status.CANCELLED: ("", "clock"),
    Status.EXPIRED: ("", "clock"),
    Status.DIED: ("", "circle"),
    Status.ENTERED_IN_ERROR: ("", "clock"),
}


def look(status: str, *, mine: bool) -> Look:
    """The badge of a state; amber when it waits for the reader's own side."""
    state = Status(status)
    tone, icon = _LOOKS[state]
    return Look(state.label, "me" if mine and tone == "here" else tone, icon)


FHIR_TASK: Final[Mapping[Status, str]] = {
    Status.DRAFT: "draft",
    Status.INTERNAL_REVIEW: "draft",
    Status.SUBMITTED: "requested",
    Status.INFO_REQUESTED: "on-hold",
    Status.ACCEPTED: "accepted",
    Status.WAITLISTED: "accepted",
    Status.SCHEDULED: "accepted",
    Status.IN_TRANSIT: "accepted",
    Status.ARRIVED: "accepted",
    Status.NO_SHOW: "on-hold",
    Status.IN_CARE: "in-progress",
    Status.CARE_COMPLETED: "in-progress",
    Status.REHAB_ACTIVE: "in-progress",
    Status.CLOSED: "completed",
    Status.REJECTED: "rejected",
    Status.MANAGED_LOCALLY: "completed",
    Status.REDIRECTED: "completed",
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "cancelled",
    Status.DIED: "failed",
    Status.ENTERED_IN_ERROR: "entered-in-error",
}
"""Our state → FHIR Task.status; businessStatus carries our own word."""
