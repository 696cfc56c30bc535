"""The desks: lanes of the board, what it asks for most, opinions, signs of an arrival, calls, second signatures."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from referral.choices.states import Status


class Lane(TextChoices):
    """The heaps of a triage board, each a tile and exactly its list."""

    TRIAGE = "triage", pgettext_lazy("triage board", "To answer")  # 待分诊
    ASKED = "asked", pgettext_lazy("triage board", "Branch supplies")  # 等补充
    BED = "bed", pgettext_lazy("triage board", "Without a bed")  # 待床位
    WAITLIST = "waitlist", pgettext_lazy("triage board", "Waiting list")  # 候补
    MOVING = "moving", pgettext_lazy("triage board", "On the way")  # 转运中
    TODAY = "today", pgettext_lazy("triage board", "Here today")  # 今日到诊
    NO_SHOW = "no_show", pgettext_lazy("triage board", "Did not come")  # 未到诊


AT_THE_DOOR: Final = (
    Status.SUBMITTED,
    Status.INFO_REQUESTED,
    Status.ACCEPTED,
    Status.WAITLISTED,
    Status.SCHEDULED,
    Status.IN_TRANSIT,
    Status.NO_SHOW,
)
"""Who may stand at the door today, also before the decision."""


class ArrivalSign(TextChoices):
    """What made the platform think that an expected patient is here."""

    REGISTRATION = "registration", pgettext_lazy("referral", "registered here")
    ENCOUNTER = "encounter", pgettext_lazy("referral", "seen by a doctor here")


class ProposalState(TextChoices):
    OPEN = "open", pgettext_lazy("referral", "to be looked at")
    CONFIRMED = "confirmed", pgettext_lazy("referral", "arrival confirmed")
    DISMISSED = "dismissed", pgettext_lazy("referral", "came for something else")


class CallOutcome(TextChoices):
    """What a call to somebody who did not come came to."""

    UNREACHED = "unreached", pgettext_lazy("referral call", "nobody answers, call again")
    COMING = "coming", pgettext_lazy("referral call", "comes, needs another time")
    BETTER = "better", pgettext_lazy("referral call", "feels better, does not come")
    ELSEWHERE = "elsewhere", pgettext_lazy("referral call", "went to another hospital")
    DECLINED = "declined", pgettext_lazy("referral call", "does not want to come")


ENDS_WITH_THE_CALL: Final = frozenset({CallOutcome.BETTER, CallOutcome.ELSEWHERE, CallOutcome.DECLINED})
"""Outcomes after which nobody waits for the patient any more."""

COMMON_ITEMS: Final[Mapping[str, object]] = {
    "ecg": pgettext_lazy("referral item", "12-lead ECG of today"),
    "vitals": pgettext_lazy("referral item", "blood pressure, pulse, oxygen saturation of now"),
    "onset": pgettext_lazy("referral item", "when it began"),
    "blood": pgettext_lazy("referral item", "blood count, electrolytes, kidney function"),
    "troponin": pgettext_lazy("referral item", "troponin"),
    "images": pgettext_lazy("referral item", "pictures of the exam"),
    "medicines": pgettext_lazy("referral item", "present medicines with dose"),
    "history": pgettext_lazy("referral item", "earlier operations and admissions"),
    "consent": pgettext_lazy("referral item", "agreement of the patient or family"),
    "contact": pgettext_lazy("referral item", "telephone of the family"),
}
"""What desks ask for most, by a short name of its own."""


class Says(TextChoices):
    """What a specialist would do with a leg he was asked about; who decides stays the desk (专科意见)."""

    TAKE = "take", pgettext_lazy("specialist's opinion", "take the patient")
    MORE = "more", pgettext_lazy("specialist's opinion", "ask for more first")
    STAY = "stay", pgettext_lazy("specialist's opinion", "can stay at the branch")
    OTHER = "other", pgettext_lazy("specialist's opinion", "belongs to another department")
    HIGHER = "higher", pgettext_lazy("specialist's opinion", "needs a higher hospital")


ASKED_ABOUT: Final = (
    Status.SUBMITTED,
    Status.INFO_REQUESTED,
    Status.ACCEPTED,
    Status.WAITLISTED,
    Status.SCHEDULED,
    Status.IN_TRANSIT,
)
"""While a specialist's word still helps the desk: before the patient is there."""


class SecondSignature(TextChoices):
    """Whose forms a colleague signs before they go out (院内审核); an emergency never waits for it."""

    FREE = "free", pgettext_lazy("second signature", "nobody's; a doctor may ask for it")
    JUNIOR = "junior", pgettext_lazy("second signature", "those of doctors below attending (主治)")
    ALL = "all", pgettext_lazy("second signature", "every doctor's")
