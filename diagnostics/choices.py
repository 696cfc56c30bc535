"""Modalities, states of an exam request, its transition table, and what each state is called."""

from dataclasses import dataclass
from typing import Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.workflow import Step

PAPER: Final = "diagnostics.report"
"""What a sealed report is called (`kernel.papers`)."""


class Modality(TextChoices):
    """DICOM modality codes (PS3.3 C.7.3.1.1.1) of what this platform reads remotely."""

    ECG = "ECG", _("ECG")  # 心电图
    DX = "DX", _("digital radiography")  # DR
    CR = "CR", _("computed radiography")  # CR
    CT = "CT", _("CT")
    MR = "MR", _("MR")
    US = "US", _("ultrasound")  # 超声


class Group(TextChoices):
    """The centre that reads: one worklist and one reading page each."""

    ECG = "ecg", _("ECG centre")  # 心电诊断中心
    IMAGING = "imaging", _("imaging centre")  # 影像诊断中心


MODALITIES: Final[dict[str, tuple[str, ...]]] = {
    Group.ECG: (Modality.ECG,),
    Group.IMAGING: (Modality.DX, Modality.CR, Modality.CT, Modality.MR, Modality.US),
}
READING_PAGE: Final[dict[str, str]] = {Group.ECG: "ecg:read", Group.IMAGING: "imaging:read"}
WORKLIST_PAGE: Final[dict[str, str]] = {Group.ECG: "ecg:worklist", Group.IMAGING: "imaging:worklist"}
PREFIX: Final[dict[str, str]] = {Modality.ECG: "EC"}
"""First letters of an accession number where they differ from the modality (16 characters is DICOM's limit)."""


def group_of(modality: str) -> Group:
    """The centre that reads this modality."""
    return Group.ECG if modality == Modality.ECG else Group.IMAGING


class Priority(TextChoices):
    EMERGENCY = "emergency", pgettext_lazy("exam priority", "emergency")  # 急
    URGENT = "urgent", pgettext_lazy("exam priority", "urgent")  # 紧
    ROUTINE = "routine", pgettext_lazy("exam priority", "routine")  # 常


class FeeState(TextChoices):
    """May the exam be made? What a branch must answer before it sends the request."""

    PAID = "paid", _("paid")  # 已收费
    ON_ACCOUNT = "on_account", _("on account")  # 记账
    EMERGENCY = "emergency_first", _("emergency: exam first, pay later")  # 急诊先检后付


class Status(TextChoices):
    REQUESTED = "requested", _("requested")  # 已申请
    REGISTERED = "registered", _("registered")  # 已登记
    EXAMINED = "examined", _("waiting for reading")  # 待判读
    CLAIMED = "claimed", _("being read")  # 判读中
    DRAFT = "draft", _("being written")  # 书写中
    SUBMITTED = "submitted", _("waiting for review")  # 待审核
    PRELIMINARY = "preliminary", _("preliminary report")  # 临时报告
    SIGNED = "signed", _("reported")  # 已报告
    CANCELLED = "cancelled", _("cancelled")  # 已取消


class Event(TextChoices):
    REGISTER = "register"
    ATTACH = "attach"
    CLAIM = "claim"
    RELEASE = "release"
    TAKE_OVER = "take_over"
    WRITE = "write"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    SIGN_ALONE = "sign_alone"
    SIGN = "sign"
    FINISH = "finish"
    RETAKE = "retake"
    TAKE_BACK = "take_back"
    AMEND = "amend"
    CANCEL = "cancel"


TRANSITIONS: Final[dict[tuple[Status, Event], Step]] = {
    (Status.REQUESTED, Event.REGISTER): Step(Status.REGISTERED),
    (Status.REQUESTED, Event.CANCEL): Step(Status.CANCELLED),
    (Status.REQUESTED, Event.ATTACH): Step(Status.EXAMINED),
    (Status.REGISTERED, Event.ATTACH): Step(Status.EXAMINED),
    (Status.REGISTERED, Event.CANCEL): Step(Status.CANCELLED),
    (Status.EXAMINED, Event.CLAIM): Step(Status.CLAIMED),
    (Status.EXAMINED, Event.RETAKE): Step(Status.REGISTERED),
    (Status.EXAMINED, Event.TAKE_BACK): Step(Status.REGISTERED),
    (Status.CLAIMED, Event.RELEASE): Step(Status.EXAMINED),
    (Status.CLAIMED, Event.TAKE_OVER): Step(Status.CLAIMED),
    (Status.CLAIMED, Event.WRITE): Step(Status.DRAFT),
    (Status.CLAIMED, Event.RETAKE): Step(Status.REGISTERED),
    (Status.CLAIMED, Event.TAKE_BACK): Step(Status.REGISTERED),
    (Status.DRAFT, Event.RELEASE): Step(Status.EXAMINED),
    (Status.DRAFT, Event.TAKE_OVER): Step(Status.DRAFT),
    (Status.DRAFT, Event.WRITE): Step(Status.DRAFT),
    (Status.DRAFT, Event.RETAKE): Step(Status.REGISTERED),
    (Status.DRAFT, Event.TAKE_BACK): Step(Status.REGISTERED),
    (Status.DRAFT, Event.SUBMIT): Step(Status.SUBMITTED),
    (Status.DRAFT, Event.SIGN_ALONE): Step(Status.PRELIMINARY),
    (Status.DRAFT, Event.FINISH): Step(Status.SIGNED),
    (Status.SUBMITTED, Event.SEND_BACK): Step(Status.DRAFT),
    (Status.SUBMITTED, Event.SIGN): Step(Status.SIGNED),
    (Status.SUBMITTED, Event.TAKE_BACK): Step(Status.REGISTERED),
    (Status.PRELIMINARY, Event.SIGN): Step(Status.SIGNED),
    (Status.PRELIMINARY, Event.AMEND): Step(Status.DRAFT),
    (Status.SIGNED, Event.AMEND): Step(Status.DRAFT),
}
"""SIGN = the second pair of eyes; SIGN_ALONE = one signature, valid as 临时报告 until reviewed; FINISH = one
signature suffices because the item says so (a routine ECG read by 主治 or above)."""

WAITS_FOR_READER: Final = (Status.EXAMINED, Status.CLAIMED, Status.DRAFT)
WAITS_FOR_REVIEW: Final = (Status.SUBMITTED, Status.PRELIMINARY)
WAITS_FOR_TECHNOLOGIST: Final = (Status.REQUESTED, Status.REGISTERED)
REPORTED: Final = (Status.PRELIMINARY, Status.SIGNED)
OPEN_CASES: Final = (*WAITS_FOR_READER, *WAITS_FOR_REVIEW)


class Outcome(TextChoices):
    NORMAL = "normal", _("negative")  # 阴性
    ABNORMAL = "abnormal", _("positive")  # 阳性
    CRITICAL = "critical", _("critical value")  # 危急值


class ReportState(TextChoices):
    PRELIMINARY = "preliminary", _("preliminary report")  # 临时报告
    FINAL = "final", _("report")  # 正式报告
    AMENDED = "amended", _("corrected report")  # 更正报告


class MaterialKind(TextChoices):
    IMAGING_STUDY = "imaging_study", _("images")  # 影像
    ECG_RECORDING = "ecg_recording", _("ECG recording")  # 心电图


class CriticalAction(TextChoices):
    """What the receiver does about a critical value."""

    TREATED = "treated", _("treatment started")  # 已处置
    REFERRED = "referred", _("referred up at once")  # 立即上转
    RECALLED = "recalled", _("patient called back")  # 已召回患者
    REPEATED = "repeated", _("exam repeated")  # 复查


class Rung(TextChoices):
    """Who is called for a critical value that nobody reads back, one after the other."""

    DUTY = "duty", pgettext_lazy("critical call", "doctor on duty")  # 值班医生
    HEAD = "head", pgettext_lazy("critical call", "head of the department")  # 科主任、二线
    CHIEF = "chief", pgettext_lazy("critical call", "duty chief")  # 行政总值班, by day 医务科


class Minutes(IntegerChoices):
    """Clocks of the reading desk, in minutes."""

    CLAIM_IDLE = 15, _("a claim without any sign of life may be taken over")
    CRITICAL = 3, _("a critical value must be read back")
    CRITICAL_NEXT = 5, _("after so long the next one up is called")
    CRITICAL_AGAIN = 30, _("after so long the last ones are called once more")


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks: tone of the badge and its icon."""

    tone: str
    icon: str


LOOKS: Final[dict[str, Look]] = {
    Status.REQUESTED: Look("", "inbox"),
    Status.REGISTERED: Look("", "checkup-list"),
    Status.EXAMINED: Look("me", "hourglass"),
    Status.CLAIMED: Look("here", "eye"),
    Status.DRAFT: Look("here", "pencil"),
    Status.SUBMITTED: Look("me", "checkup-list"),
    Status.PRELIMINARY: Look("me", "file-text"),
    Status.SIGNED: Look("good", "circle-check"),
    Status.CANCELLED: Look("", "x"),
}
