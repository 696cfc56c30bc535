"""Messages with hospitals outside: the four activities of HospitalReferral (CN-Public-Health-Core), their states."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from referral.choices.table import Event


class Activity(TextChoices):
    """What a message is about (http://CodeSystem.hl7fhir.cn/activity-code)."""

    REQUEST = "C01001", pgettext_lazy("referral message", "request")  # 转诊预约申请
    RESPONSE = "C01002", pgettext_lazy("referral message", "answer")  # 转诊预约应答
    ARRIVAL = "C01003", pgettext_lazy("referral message", "arrival")  # 患者到诊应答
    RECORD = "C01004", pgettext_lazy("referral message", "full record")  # 转诊完整病历上传


class Bound(TextChoices):
    OUT = "out", pgettext_lazy("referral message", "sent")
    IN = "in", pgettext_lazy("referral message", "received")


class MessageState(TextChoices):
    DUE = "due", pgettext_lazy("referral message", "on its way")
    TAKEN = "taken", pgettext_lazy("referral message", "taken")
    REFUSED = "refused", pgettext_lazy("referral message", "refused")


BODY: Final = "referral_peermessage.body"
"""The purpose a message's key is derived for."""
TO_RECEIVER: Final[Mapping[Event, Activity]] = {
    **dict.fromkeys(
        (
            Event.SUBMIT, Event.APPROVE, Event.EMERGENCY_SEND, Event.SUPPLY_INFO, Event.START_TRANSFER, Event.WITHDRAW,
            Event.VOID, Event.DEATH, Event.PATIENT_DECLINE, Event.TURN_BACK, Event.CLOSE_NO_SHOW, Event.DIVERT,
            Event.EXPIRE,
        ),
        Activity.REQUEST,
    ),
    Event.ARRIVE: Activity.RECORD,
}  # fmt: skip
"""What a hospital outside that receives is told of which step: the request again as it stands, the record once she is
there."""
TO_SENDER: Final[Mapping[Event, Activity]] = {
    **dict.fromkeys(
        (
            Event.ACCEPT, Event.SCHEDULE, Event.RESCHEDULE, Event.WAITLIST, Event.REJECT, Event.REQUEST_INFO,
            Event.ADVISE, Event.REVOKE, Event.REDIRECT, Event.REFUSE_ON_ARRIVAL, Event.MARK_NO_SHOW,
        ),
        Activity.RESPONSE,
    ),
    Event.ARRIVE: Activity.ARRIVAL,
    Event.COMPLETE_CARE: Activity.RECORD,
    Event.DEATH: Activity.RECORD,
}  # fmt: skip
"""What a hospital outside that has sent somebody is told of which step."""

TELEPHONED: Final = (
    Event.CONFIRM_READY, Event.ACCEPT, Event.REQUEST_INFO, Event.REJECT, Event.ADVISE, Event.REVOKE, Event.ARRIVE,
    Event.ADMIT, Event.REFUSE_ON_ARRIVAL, Event.COMPLETE_CARE, Event.SUPPLY_INFO, Event.START_TRANSFER,
    Event.ACKNOWLEDGE, Event.CLOSE_NO_SHOW, Event.WITHDRAW, Event.TURN_BACK, Event.DEATH,
)  # fmt: skip
"""Events of a hospital outside that somebody here writes down when it says so by telephone; what is asked for most
stands first, what ends a leg last."""
