"""An institution closes: both desks of every open leg with it hear of it, and what is to be done."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import CLOSING, NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit
from kernel.actor import Actor
from referral.choices import TERMINAL
from referral.models import Referral
from referral.policies import REFERRAL
from referral.services.announcing import desk_of


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
def tell_closing(*, by: Actor, organisation_id: UUID, day: str, closed: bool) -> int:
    """Tell the sending doctor and both desks of each open leg to or from an institution that closes on `day`
    (or, `closed`, has closed); each once. How many legs were told of.
    """
    sides = Q(source=organisation_id) | Q(target=organisation_id)
    legs = REFERRAL.rows(by, "notify").filter(sides).exclude(status__in=TERMINAL).order_by("pk")
    words = {
        "name": consortium.organisation_name(organisation_id),
        "day": f"{date.fromisoformat(day):%Y-%m-%d}",
    }
    title = (
        pgettext("referral closing", "%(name)s has closed")
        if closed
        else pgettext("referral closing", "%(name)s closes on %(day)s")
    ) % words
    told = list(legs)
    for leg in told:
        _tell(by, leg, f"closing:{organisation_id}:{day}:{int(closed)}:{leg.pk}", title)
    audit.record(
        by=by,
        action="referral.closing_told",
        detail={"organisation": str(organisation_id), "legs": len(told)},
    )
    return len(told)


def _tell(by: Actor, leg: Referral, key: str, title: str) -> None:
    desks = [desk_of(leg), Recipients(role=Role.COORDINATOR, organisation=leg.source_id)]
    if leg.doctor_id:
        desks.append(Recipients(staff=(leg.doctor_id,)))
    for to in desks:
        consortium_services.notify(
            by=by,
            key=key,
            recipients=to,
            level=NoticeLevel.TASK,
            title=f"{leg.number} {title}",
            body=pgettext(
                "referral closing", "Pass the referral on to another institution, or take it back."
            ),
            url=reverse("referral:detail", args=[leg.pk]),
            patient_id=leg.patient_id,
        )
