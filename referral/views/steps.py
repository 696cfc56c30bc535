"""The steps of a leg beside the everyday ones: what each is called on its button, and what it asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from kernel.errors import Text
from kernel.web.forms import OrderForm
from referral.choices import Event
from referral.forms.desk import CallForm, InfoForm, TransferForm
from referral.forms.leg import (
    AdviseForm,
    BedForm,
    DeathForm,
    PassOnForm,
    ReadyForm,
    ReasonForm,
    RejectForm,
    SupplyForm,
    WaitlistForm,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A step as the page offers it; with a `key` the triage board has a button of its own for it, in `short` words."""

    form: type[OrderForm]
    words: Text
    grave: bool = False
    key: str = ""
    short: Text = ""


OFFERS: Final[Mapping[Event, Offer]] = {
    Event.CONFIRM_READY: Offer(ReadyForm, pgettext_lazy("referral step", "Say who waits where")),
    Event.APPROVE: Offer(OrderForm, pgettext_lazy("referral step", "Sign as second and send")),
    Event.SEND_BACK: Offer(ReasonForm, pgettext_lazy("referral step", "Send back to the author")),
    Event.SUPPLY_INFO: Offer(SupplyForm, pgettext_lazy("referral step", "Supply what was asked for")),
    Event.SCHEDULE: Offer(BedForm, pgettext_lazy("referral step", "Keep a bed")),
    Event.RESCHEDULE: Offer(BedForm, pgettext_lazy("referral step", "Keep another bed")),
    Event.REQUEST_INFO: Offer(
        InfoForm,
        pgettext_lazy("referral step", "Ask for more"),
        key="I",
        short=pgettext_lazy("triage board", "Ask"),
    ),
    Event.REDIRECT: Offer(
        PassOnForm,
        pgettext_lazy("referral step", "Pass on to another institution"),
        key="D",
        short=pgettext_lazy("triage board", "Pass on"),
    ),
    Event.ADVISE: Offer(
        AdviseForm,
        pgettext_lazy("referral step", "Advise only: the patient stays"),
        key="G",
        short=pgettext_lazy("triage board", "Advise, stays"),
    ),
    Event.WAITLIST: Offer(
        WaitlistForm,
        pgettext_lazy("referral step", "Put on the waiting list"),
        key="W",
        short=pgettext_lazy("triage board", "Wait"),
    ),
    Event.REJECT: Offer(
        RejectForm,
        pgettext_lazy("referral step", "Reject, and tell the branch why"),
        grave=True,
        key="X",
        short=pgettext_lazy("triage board", "Reject"),
    ),
    Event.START_TRANSFER: Offer(TransferForm, pgettext_lazy("referral step", "The patient departs")),
    Event.EMERGENCY_SEND: Offer(
        TransferForm, pgettext_lazy("referral step", "Send at once: emergency"), grave=True
    ),
    Event.SUBMIT_FOR_REVIEW: Offer(OrderForm, pgettext_lazy("referral step", "Ask for a second signature")),
    Event.CLOSE_NO_SHOW: Offer(CallForm, pgettext_lazy("referral step", "Phoned: what came of it")),
    Event.PATIENT_DECLINE: Offer(
        ReasonForm, pgettext_lazy("referral step", "The patient declines"), grave=True
    ),
    Event.TURN_BACK: Offer(ReasonForm, pgettext_lazy("referral step", "The patient turns back"), grave=True),
    Event.DIVERT: Offer(
        PassOnForm, pgettext_lazy("referral step", "The ambulance goes elsewhere"), grave=True
    ),
    Event.REFER_ONWARD: Offer(
        PassOnForm, pgettext_lazy("referral step", "Refer onward to a higher hospital")
    ),
    Event.RE_ESCALATE: Offer(
        ReasonForm, pgettext_lazy("referral step", "Worse: send up again by the green channel"), grave=True
    ),
    Event.REVOKE: Offer(RejectForm, pgettext_lazy("referral step", "Take the acceptance back"), grave=True),
    Event.REFUSE_ON_ARRIVAL: Offer(
        RejectForm, pgettext_lazy("referral step", "Refuse on arrival"), grave=True
    ),
    Event.DEATH: Offer(DeathForm, pgettext_lazy("referral step", "The patient has died"), grave=True),
    Event.VOID: Offer(
        ReasonForm, pgettext_lazy("referral step", "Wrong person: declare the form void"), grave=True
    ),
}
"""In the order the page shows them: what is asked for first, what ends a leg last."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One offered step with its form: empty, or as it was filled and came back."""

    event: str
    words: Text
    url: str
    form: OrderForm
    grave: bool
    key: str
    short: Text

    @property
    def asks_bed(self) -> bool:
        return isinstance(self.form, BedForm)

    @property
    def came_back(self) -> bool:
        return self.form.is_bound


def choices(
    referral_id: UUID,
    version: int,
    may: Iterable[str],
    said: Mapping[str, OrderForm] | None = None,
    asked: Iterable[str] = (),
) -> list[Choice]:
    """The steps the actor may take beside the everyday ones. `said`: the form that came back, by its event; `asked`:
    what the desk asks for, so that the answer begins with its items.
    """
    allowed, back = set(may), said or {}
    answer = "\n".join(f"{item}：" for item in asked)
    return [
        Choice(
            event=event.value,
            words=offer.words,
            url=reverse(f"referral:{event.value}", args=[referral_id]),
            form=back.get(event.value)
            or offer.form(initial={"version": version, "answer": answer}, auto_id=f"{event.value}-%s"),
            grave=offer.grave,
            key=offer.key,
            short=offer.short,
        )
        for event, offer in OFFERS.items()
        if event.value in allowed
    ]
