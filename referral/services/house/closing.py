"""An institution closes: both desks of every open leg with it hear of it, and what is to be done; and that it stays,
when the closing was taken back."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import CLOSING, STAYING, NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit
from kernel.actor import Actor
from kernel.errors import Text
from kernel.said import Saying, phrase
from referral.choices import TERMINAL
from referral.models import Referral
from referral.policies import REFERRAL
from referral.services.news.announcing import NUMBERED, desk_of

CLOSED: Final = pgettext_lazy("referral closing", "%(name)s has closed")
CLOSES: Final = pgettext_lazy("referral closing", "%(name)s closes on %(day)s")
STAYS: Final = pgettext_lazy("referral closing", "%(name)s stays open")
WHAT_TO_DO: Final = pgettext_lazy(
    "referral closing", "Pass the referral on to another institution, or take it back."
)
DONE: Final = pgettext_lazy("referral closing", "The closing was taken back: nothing is to be done.")


@transaction.atomic
def propose_closing(*, by: Actor, organisation_id: UUID, day: date, reason: str) -> UUID:
    """Ask that an institution be closed from `day` on; a leader agrees. Answers the proposal.

    Raises Refused (403) away from the consortium office's 医务科, Invalid (422) for a place that cannot close.
    """
    payload = {"organisation": str(organisation_id), "day": day.isoformat(), "reason": reason.strip()}
    proposal = consortium_services.propose(
        by=by, kind=CLOSING, subject=organisation_id, payload=payload, reason=reason
    )
    audit.record(by=by, action="referral.closing_proposed", detail={"organisation": str(organisation_id)})
    return proposal.pk


@transaction.atomic
def propose_staying(*, by: Actor, organisation_id: UUID, day: date, reason: str) -> UUID:
    """Ask that the closing announced for `day` be taken back; a leader agrees. Answers the proposal.

    Raises Refused (403) away from the consortium office's 医务科, Conflict (409) once it is closed or where no closing
    is announced for that day.
    """
    payload = {"organisation": str(organisation_id), "day": day.isoformat(), "reason": reason.strip()}
    proposal = consortium_services.propose(
        by=by, kind=STAYING, subject=organisation_id, payload=payload, reason=reason
    )
    audit.record(by=by, action="referral.staying_proposed", detail={"organisation": str(organisation_id)})
    return proposal.pk


@transaction.atomic
def tell_closing(*, by: Actor, organisation_id: UUID, day: str, closed: bool, round: int = 0) -> int:
    """Tell the sending doctor and both desks of each open leg to or from an institution that closes on `day`
    (or, `closed`, has closed); each once a `round`. How many legs were told of.
    """
    title = phrase(CLOSED if closed else CLOSES, **_words(organisation_id, day))
    told = _open_legs(by, organisation_id)
    for leg in told:
        _tell(
            by, leg, _key(organisation_id, day, int(closed), round, leg), title, WHAT_TO_DO, NoticeLevel.TASK
        )
    audit.record(
        by=by,
        action="referral.closing_told",
        detail={"organisation": str(organisation_id), "legs": len(told)},
    )
    return len(told)


@transaction.atomic
def tell_staying(*, by: Actor, organisation_id: UUID, day: str, round: int = 0) -> int:
    """Tell the same people that the institution does not close on `day`: nothing is to be done any more. How many
    legs were told of."""
    title = phrase(STAYS, **_words(organisation_id, day))
    told = _open_legs(by, organisation_id)
    keys = {leg.pk: _key(organisation_id, day, 0, round, leg) for leg in told}
    consortium_services.close_notices(by=by, keys=list(keys.values()))
    for leg in told:
        _tell(by, leg, f"staying-{keys[leg.pk]}", title, DONE, NoticeLevel.NOTE)
    audit.record(
        by=by,
        action="referral.staying_told",
        detail={"organisation": str(organisation_id), "legs": len(told)},
    )
    return len(told)


def _words(organisation_id: UUID, day: str) -> dict[str, str]:
    name = consortium.organisation_name(organisation_id)
    return {"name": name, "day": f"{date.fromisoformat(day):%Y-%m-%d}"}


def _open_legs(by: Actor, organisation_id: UUID) -> list[Referral]:
    sides = Q(source=organisation_id) | Q(target=organisation_id)
    return list(REFERRAL.rows(by, "notify").filter(sides).exclude(status__in=TERMINAL).order_by("pk"))


def _key(organisation_id: UUID, day: str, closed: int, round: int, leg: Referral) -> str:
    again = f":{round}" if round else ""
    return f"closing:{organisation_id}:{day}:{closed}:{leg.pk}{again}"


def _tell(by: Actor, leg: Referral, key: str, title: Saying, body: Text, level: NoticeLevel) -> None:
    desks = [desk_of(leg), Recipients(role=Role.COORDINATOR, organisation=leg.source_id)]
    if leg.doctor_id:
        desks.append(Recipients(staff=(leg.doctor_id,)))
    for to in desks:
        consortium_services.notify(
            by=by,
            key=key,
            recipients=to,
            level=level,
            title=phrase(NUMBERED, number=leg.number, what=title),
            body=body,
            url=reverse("referral:detail", args=[leg.pk]),
            patient_id=leg.patient_id,
        )
