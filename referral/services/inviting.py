"""What the branch and the patient are told with the answer: where, whom to phone, what to bring, when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from kernel import audit, clock
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, OutOfReach
from referral.models import Guide, Invitation, Referral
from referral.policies import GUIDE


@transaction.atomic
def set_guide(
    *, by: Actor, department_id: UUID, version: int, place: str, telephone: str, bring: str
) -> Guide:
    """Write a department's guide; answers that were given keep what they said.

    Raises Invalid (422) without place and telephone, Conflict (409) when a colleague has changed it.
    """
    GUIDE.ask(by, "write")
    department = consortium.department(department_id)
    if by.kind is not Kind.SYSTEM and department.organisation_id not in by.organisations:
        raise OutOfReach(detail={"model": "consortium.department", "pk": str(department_id)})
    wrong = {}
    if not place.strip():
        wrong["place"] = _("Say in which building, on which floor, at which desk.")
    if not telephone.strip():
        wrong["telephone"] = _("Give the telephone that is answered.")
    if wrong:
        raise Invalid(fields=wrong)
    guide = Guide.objects.select_for_update().filter(department=department).first()
    if (guide.version if guide else 0) != version:
        raise Conflict(code="version_conflict", detail={"version": guide.version if guide else 0})
    guide = guide or Guide(department=department, version=0)
    guide.place, guide.telephone, guide.bring = place.strip(), telephone.strip(), bring.strip()
    guide.version += 1
    guide.changed_at, guide.changed_by_id = clock.now(), by.person
    guide.save()
    audit.record(by=by, action="referral.guide_written", subject=guide)
    return guide


def invite(referral: Referral, *, come_at: datetime | None = None, words: str = "") -> Invitation:
    """Keep with the leg what its department's guide says now. Without a guide: the department's name and telephone."""
    said = _guide(referral)
    told, made = Invitation.objects.get_or_create(
        referral=referral, defaults={**said, "told_at": clock.now()}
    )
    if not made:
        for name, value in said.items():
            setattr(told, name, value)
    told.come_at, told.words = come_at or told.come_at, words.strip() or told.words
    told.told_at = clock.now()
    told.save()
    return told


def _guide(referral: Referral) -> dict[str, str]:
    guide = Guide.objects.filter(department=referral.department_id).first()
    if guide is not None:
        return {"place": guide.place, "telephone": guide.telephone, "bring": guide.bring}
    house = consortium.organisation(referral.target_id)
    if referral.department_id is None:
        return {"place": house.address[:120], "telephone": house.telephone, "bring": ""}
    ward = consortium.department(referral.department_id)
    return {
        "place": f"{house.address} {ward.name}"[:120],
        "telephone": ward.telephone or house.telephone,
        "bring": "",
    }
