"""Who waits for a place is called in order when one is free."""

from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from consortium.services import Recipients
from kernel import audit
from kernel.actor import Actor
from kernel.said import phrase
from referral.models import Referral
from referral.policies import REFERRAL
from referral.selectors.desk.waitlist import first_waiting
from referral.services.desk.asking import desk_of


@transaction.atomic
def call_next(*, by: Actor, department_id: UUID, place: str) -> Referral | None:
    """A place of a department is free: its desk and the referral centre hear who is next; None when nobody waits.

    `place` names what became free, so that one event calls once.
    """
    found = first_waiting(department_id)
    if found is None:
        return None
    leg = REFERRAL.fetch(by, "notify", found)
    ward = consortium.department(department_id)
    desk = Recipients(staff=desk_of(ward).staff or consortium.holders(Role.BED_DESK, ward.organisation_id))
    for to in (desk, Recipients(role=Role.COORDINATOR, organisation=leg.target_id)):
        consortium_services.notify(
            by=by,
            key=f"free:{uuid5(leg.pk, place)}:{leg.pk}:{leg.version}",
            recipients=to,
            level=NoticeLevel.TASK,
            title=phrase(_("%(ward)s has a place: who is next"), ward=ward.name),
            body=leg.number,
            url=reverse("referral:detail", args=[leg.pk]),
            patient_id=leg.patient_id,
        )
    audit.record(by=by, action="referral.next_called", subject=leg, patient=leg.patient_id)
    return leg
