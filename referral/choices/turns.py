"""Whose turn it is, in words: what the side whose turn it is does, and what each side should do or know next."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kernel.errors import Text
from referral.choices.down import FollowUp
from referral.choices.states import Status

_S = Status
WHAT: Final[Mapping[Status, Text]] = {
    _S.DRAFT: gettext_lazy("finishes and submits the form"),
    _S.INTERNAL_REVIEW: gettext_lazy("gives the second signature, or sends the form back"),
    _S.SUBMITTED: gettext_lazy("answers: accept with a bed, or reject with the reason"),
    _S.INFO_REQUESTED: gettext_lazy("supplies what was asked for"),
    _S.ACCEPTED: gettext_lazy("keeps a bed or a time"),
    _S.WAITLISTED: gettext_lazy("gives a place as soon as there is one"),
    _S.IN_TRANSIT: gettext_lazy("makes ready and confirms the arrival"),
    _S.NO_SHOW: gettext_lazy("phones the patient and writes down what came of it"),
    _S.SCHEDULED: gettext_lazy("expects the patient; the bed is kept"),
    _S.ARRIVED: gettext_lazy("sees the patient"),
    _S.IN_CARE: gettext_lazy("treats, and writes the reply at the end"),
    _S.CARE_COMPLETED: gettext_lazy("reads the reply, or sends or takes over the plan that follows"),
    _S.REHAB_ACTIVE: gettext_lazy("follows the plan"),
}
"""What is expected of the side whose turn it is."""

NEXT: Final[Mapping[Status, tuple[Text, Text]]] = {
    _S.DRAFT: (
        pgettext_lazy("next step", "Look through the form once more and submit it."),
        "",
    ),
    _S.INTERNAL_REVIEW: (
        pgettext_lazy(
            "next step", "A colleague signs as second. If it gets worse, send at once as an emergency."
        ),
        "",
    ),
    _S.SUBMITTED: (
        pgettext_lazy(
            "next step", "Nothing to do: you hear as soon as they answer. If it gets worse, send at once."
        ),
        pgettext_lazy("next step", "Answer: accept with department and bed, ask, pass on or reject."),
    ),
    _S.INFO_REQUESTED: (
        pgettext_lazy(
            "next step", "Supply what they ask for: the form then goes back to the desk by itself."
        ),
        pgettext_lazy("next step", "Nothing to do until the branch has supplied it. Phone when it presses."),
    ),
    _S.ACCEPTED: (
        pgettext_lazy(
            "next step", "They take the patient; a bed or a time follows. Urgent patients may set out now."
        ),
        pgettext_lazy("next step", "Keep a bed or a time, or put the patient on the waiting list."),
    ),
    _S.WAITLISTED: (
        pgettext_lazy("next step", "Tell the patient the expected day. If it gets worse, send at once."),
        pgettext_lazy("next step", "Keep a bed as soon as one is free."),
    ),
    _S.SCHEDULED: (
        pgettext_lazy(
            "next step", "Tell the patient where and when, and what to bring. Record when she sets out."
        ),
        pgettext_lazy(
            "next step", "Expect the patient; reception confirms the arrival with the form's code."
        ),
    ),
    _S.IN_TRANSIT: (
        pgettext_lazy(
            "next step", "Nothing to do: you hear of the arrival. If she gets worse on the way, phone them."
        ),
        pgettext_lazy("next step", "Make ready by the hand-over sheet; reception confirms the arrival."),
    ),
    _S.ARRIVED: (
        pgettext_lazy("next step", "She has arrived. You hear when she is taken into care."),
        pgettext_lazy("next step", "The receiving doctor sees the patient and takes her into care."),
    ),
    _S.NO_SHOW: (
        pgettext_lazy(
            "next step", "Phone the patient and write down what came of it; she may get another time."
        ),
        pgettext_lazy("next step", "The branch phones. If she comes after all, receive her."),
    ),
    _S.IN_CARE: (
        pgettext_lazy("next step", "Nothing to do: the reply comes when the care ends."),
        pgettext_lazy(
            "next step", "Write the reply within 24 hours after discharge; refer down with a plan."
        ),
    ),
    _S.CARE_COMPLETED: (
        pgettext_lazy("next step", "Read the reply and confirm; go on as it says."),
        pgettext_lazy("next step", "The branch reads the reply. Refer down where a plan is to be followed."),
    ),
    _S.REHAB_ACTIVE: (
        pgettext_lazy("next step", "The branch follows your plan. You hear if she has to come back."),
        pgettext_lazy("next step", "Record each visit; if it gets worse, send up by the green channel."),
    ),
    _S.CLOSED: (
        pgettext_lazy("next step", "Nothing more to do."),
        pgettext_lazy("next step", "Nothing more to do."),
    ),
    _S.REJECTED: (
        pgettext_lazy("next step", "Do as they advise; refer anew where it says so."),
        pgettext_lazy("next step", "Nothing more to do: the branch knows why and what to do instead."),
    ),
    _S.MANAGED_LOCALLY: (
        pgettext_lazy("next step", "Treat the patient by the advice; refer anew if it does not help."),
        pgettext_lazy("next step", "Nothing more to do: the branch goes on by your advice."),
    ),
    _S.REDIRECTED: (
        pgettext_lazy("next step", "Tell the patient where she goes now; follow the new leg below."),
        pgettext_lazy("next step", "Nothing more to do: the new leg is with the other institution."),
    ),
    _S.CANCELLED: (
        pgettext_lazy("next step", "Nothing more to do; a kept place is free again."),
        pgettext_lazy("next step", "Nothing more to do; a kept place is free again."),
    ),
    _S.EXPIRED: (
        pgettext_lazy("next step", "Write a new form if the patient still needs to go."),
        pgettext_lazy("next step", "Nothing more to do."),
    ),
    _S.DIED: (
        pgettext_lazy("next step", "Nothing more to do."),
        pgettext_lazy("next step", "Nothing more to do."),
    ),
    _S.ENTERED_IN_ERROR: (
        pgettext_lazy("next step", "Write a new form for the right person."),
        "",
    ),
}
"""What the sending side and the receiving side should do or know next."""


PLAN_TO_COME: Final = (
    pgettext_lazy(
        "next step", "Read the reply; the hospital still sends a plan. Phone when it does not come."
    ),
    pgettext_lazy("next step", "Send or take over the plan: the branch waits for it."),
)
"""The same after a stay that a plan follows."""


def next_step(leg: Any, *, received: bool) -> Text:
    """The sentence for the reader's own side; after a refusal with what the others advise."""
    words = NEXT[Status(leg.status)][1 if received else 0]
    if leg.status == Status.CARE_COMPLETED and leg.follow_up == FollowUp.PLAN:
        return PLAN_TO_COME[1 if received else 0]
    if leg.status == Status.REJECTED and not received and leg.instead:
        return _("They advise: %(words)s") % {"words": leg.instead}
    return words
