"""A person signs with a family-doctor team; while it runs the team's institution reads her record."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from emr.access import services as access
from emr.access.choices import Basis
from emr.consent.models import Contract
from emr.consent.policies import AGREEMENTS, CONTRACT, FAMILY
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Text

LONGEST_YEARS = 3


@transaction.atomic
def sign_contract(
    *, by: Actor, key: str, patient_id: UUID, team: str, doctor_id: UUID, since_date: date, until_date: date
) -> Contract:
    """Record a contract from `since_date` up to and without `until_date`.

    Raises Invalid for a period or doctor that cannot be, Conflict when the person has a running contract.
    """
    patient = AGREEMENTS.fetch(by, "contract", patient_id, lock=True)
    pk = ids.uuid7()
    if done := idempotency.first(by=by, verb="contract.sign", key=key, subject=pk):
        return Contract.objects.get(pk=done)
    _demand(patient.organisation_id, team, doctor_id, since_date, until_date)
    # The person's row is locked, so that two teams signing at once cannot both win.
    type(patient.person).objects.select_for_update().get(pk=patient.person_id)
    running = Contract.objects.filter(patient__person=patient.person_id, ended_at__isnull=True)
    if running.filter(since_date__lt=until_date, until_date__gt=since_date).exists():
        raise Conflict(_("This person has a running contract: end it first."), code="contract_running")
    row = Contract.objects.create(
        id=pk,
        patient=patient,
        organisation_id=patient.organisation_id,
        team=team.strip(),
        doctor_id=doctor_id,
        since_date=since_date,
        until_date=until_date,
        signed_at=clock.now(),
        signed_by=by.display or by.name,
    )
    _open(by, row)
    audit.record(by=by, action="contract.signed", subject=row, patient=patient.pk)
    return row


def _open(by: Actor, row: Contract) -> None:
    access.open_ground(
        by=by,
        patient_id=row.patient_id,
        organisation_id=row.organisation_id,
        basis=Basis.CONTRACT,
        source=f"contract:{row.pk}",
        since=clock.day_bounds(row.since_date)[0],
        until=clock.day_bounds(row.until_date)[0],
    )


def _demand(place: UUID, team: str, doctor_id: UUID, since: date, until: date) -> None:
    wrong: dict[str, Text] = {}
    if not team.strip():
        wrong["team"] = _("Name the team.")
    if not any(doctor_id in consortium.holders(role, place) for role in FAMILY):
        wrong["doctor_id"] = _("This doctor holds no post here.")
    if until <= since or until <= clock.today():
        wrong["until_date"] = _("The end lies before the beginning or in the past.")
    elif until > since.replace(year=since.year + LONGEST_YEARS, day=min(since.day, 28)):
        wrong["until_date"] = _("A contract runs three years at most.")
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def end_contract(*, by: Actor, contract_id: UUID, version: int, reason: str) -> Contract:
    """End a contract today; what it opened closes at once. Raises Conflict when it has ended."""
    row = CONTRACT.fetch(by, "end", contract_id, lock=True)
    if row.version != version or row.ended_at is not None:
        raise Conflict(code="version_conflict")
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say why.")})
    row.ended_at, row.ended_by, row.ended_reason = clock.now(), by.display or by.name, reason.strip()[:200]
    row.version += 1
    row.save(update_fields=["ended_at", "ended_by", "ended_reason", "version"])
    access.close_ground(by=by, source=f"contract:{row.pk}")
    audit.record(by=by, action="contract.ended", subject=row, patient=row.patient_id)
    return row
