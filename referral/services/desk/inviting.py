"""What the branch and the patient are told with the answer: where, whom to phone, what to bring, when."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from kernel import audit, clock, ids
from kernel.actor import Actor, Kind
from kernel.database import prepared
from kernel.errors import Conflict, Invalid, OutOfReach
from referral.models import Guide, Referral
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


TELL: Final = """
INSERT INTO referral_invitation (id, referral_id, place, telephone, bring, words, come_at, told_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (referral_id) DO UPDATE SET
    place = EXCLUDED.place, telephone = EXCLUDED.telephone, bring = EXCLUDED.bring, told_at = EXCLUDED.told_at,
    words = coalesce(nullif(EXCLUDED.words, ''), referral_invitation.words),
    come_at = coalesce(EXCLUDED.come_at, referral_invitation.come_at)
"""


def invite(referral: Referral, *, come_at: datetime | None = None, words: str = "") -> None:
    """Keep with the leg what its department's guide says now; without a guide the department's name and telephone.
    The desk's words and time stay until it gives others."""
    said = _guide(referral)
    guide = [said[name] for name in ("place", "telephone", "bring")]
    with prepared.cursor() as cursor:
        cursor.execute(TELL, [ids.uuid7(), referral.pk, *guide, words.strip(), come_at, clock.now()])


def _guide(referral: Referral) -> dict[str, str]:
    if referral.department_id is None:
        house = consortium.organisation(referral.target_id)
        return {"place": house.address[:120], "telephone": house.telephone, "bring": ""}
    guides = Guide.objects.filter(department=referral.department_id)
    if (guide := guides.first()) is not None:
        return {"place": guide.place, "telephone": guide.telephone, "bring": guide.bring}
    ward = consortium.department(referral.department_id)
    house = ward.organisation
    return {
        "place": f"{house.address} {ward.name}"[:120],
        "telephone": ward.telephone or house.telephone,
        "bring": "",
    }
