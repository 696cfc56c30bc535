"""An institution reads a record because the law tells it to (公共卫生职责): outbreak, notifiable disease, follow-up."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.access import services as access
from emr.access.choices import Basis
from emr.access.models import Ground
from emr.consent.policies import AGREEMENTS
from kernel import audit, clock, ids
from kernel.actor import Actor
from kernel.errors import Invalid, Text

LONGEST = timedelta(days=90)
LAW_AT_LEAST = 6


@transaction.atomic
def assign_public_health(
    *, by: Actor, patient_id: UUID, organisation_id: UUID, law: str, until_date: date
) -> Ground:
    """Open the record to an institution for a duty by law, named in words, up to and without `until_date`.

    医务科 of the institution that keeps the record decides. Raises Invalid for no law or more than 90 days.
    """
    patient = AGREEMENTS.fetch(by, "assign", patient_id)
    wrong: dict[str, Text] = {}
    if len(law.strip()) < LAW_AT_LEAST:
        wrong["law"] = _("Name the law and the article that demands it.")
    if not clock.today() < until_date <= clock.today() + LONGEST:
        wrong["until_date"] = _("At most 90 days, and not in the past.")
    if wrong:
        raise Invalid(fields=wrong)
    consortium.organisation(organisation_id)
    ground = access.open_ground(
        by=by,
        patient_id=patient.pk,
        organisation_id=organisation_id,
        basis=Basis.PUBLIC_HEALTH,
        source=f"public_health:{ids.uuid7()}",
        until=clock.day_bounds(until_date)[0],
        note=law.strip(),
    )
    audit.record(by=by, action="consent.duty_assigned", subject=ground, patient=patient.pk)
    return ground


@transaction.atomic
def end_public_health(*, by: Actor, patient_id: UUID, ground_id: UUID) -> bool:
    """The duty is done. False when it had ended already."""
    patient = AGREEMENTS.fetch(by, "assign", patient_id)
    ground = Ground.objects.filter(pk=ground_id, patient=patient, basis=Basis.PUBLIC_HEALTH).first()
    closed = ground is not None and access.close_ground(by=by, source=ground.source)
    audit.record(
        by=by, action="consent.duty_ended", subject=ground, patient=patient.pk, detail={"closed": closed}
    )
    return closed
