"""The patient is written to with the steps that change where and when she goes. Nothing of an illness is said."""

import re
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from consortium import selectors as consortium
from consortium import services as messages
from emr.access import selectors as access
from emr.index import services as index
from kernel import clock, labels
from kernel.actor import Actor
from referral.choices import SENDS, Status
from referral.models import Invitation, Referral
from referral.policies import REFERRAL
from referral.selectors.form.reaching import reached

TELLING: Final = re.compile("精神|心理|传染|感染|艾滋|性病|戒毒|生殖|肿瘤|psych|infect|std|hiv|addict|oncol")
"""Departments whose name tells an illness: the message names the hospital only."""


@transaction.atomic
def text_patient(*, by: Actor, referral_id: UUID, event: str, version: int) -> bool:
    """Queue what this step tells the patient, once; whether it was queued now.

    The number the form gives for this referral goes before the record's. Nothing where the step tells nothing, where
    she has no telephone, and where the leg has moved on since: old news would mislead.
    """
    template = SENDS.get(event)
    leg = REFERRAL.fetch(by, "notify", referral_id)
    if template is None or leg.version != version:
        return False
    telephone = reached(leg).phone or index.reach(by=by, patient_id=leg.patient_id)
    if not telephone:
        return False
    return messages.text(
        by=by,
        key=f"referral:{leg.pk}:{version}",
        telephone=telephone,
        template=template,
        values=_values(leg),
        patient_id=leg.patient_id,
    )


def _values(leg: Referral) -> dict[str, Any]:
    """What the words are made of: places, telephones, a time."""
    heir = leg.children.order_by("pk").first() if leg.status == Status.REDIRECTED else None
    houses = consortium.organisations([leg.source_id, (heir or leg).target_id])
    target, home = houses[(heir or leg).target_id], houses[leg.source_id]
    told = Invitation.objects.filter(referral=leg).first()
    quiet = told is None or tells_an_illness(leg)
    return {
        "hospital": target.name,
        "department": "" if quiet else consortium.department_name(leg.department_id),
        "place": "" if quiet or told is None else told.place,
        "bring": "" if quiet or told is None else told.bring,
        "telephone": target.telephone if quiet or told is None else told.telephone,
        "home_phone": home.telephone,
        "when": _when(leg, told),
    }


def _when(leg: Referral, told: Invitation | None) -> str:
    """A day or a moment as it stays true whenever it is read."""
    if leg.status == Status.WAITLISTED and leg.expected_date:
        return f"{leg.expected_date.month}月{leg.expected_date.day}日"
    if told is None or told.come_at is None:
        return ""
    at = clock.local(told.come_at)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def tells_an_illness(leg: Referral) -> bool:
    """Whether naming the department would tell what the strictest label protects."""
    label, _categories = access.rules().of_code(leg.diagnosis_code, f"{leg.diagnosis} {leg.reason}")
    department = consortium.department(leg.department_id) if leg.department_id else None
    named = f"{department.name} {department.specialty}" if department else ""
    return label >= labels.SENSITIVE or bool(TELLING.search(named))
