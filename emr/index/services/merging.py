"""Two persons are one, or are not; and the way back."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emr.index import events, vault
from emr.index.choices import ChangeKind
from emr.index.models import Patient, Person, PersonChange
from emr.index.policies import PATIENT
from emr.index.selectors.facts import facts_of
from emr.index.services.publishing import publish_patient
from kernel import assurance, audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid


@transaction.atomic
def merge(*, by: Actor, patient_id: UUID, into_person_id: UUID, reason: str) -> Patient:
    """Two persons are one: the record points to the other person from now on. No clinical row moves.

    The person left behind keeps its row, so that `unmerge` can restore the pointer. Asks for a fresh proof.
    """
    PATIENT.ask(by, "merge")
    assurance.fresh(by)
    patient = PATIENT.fetch(by, "merge", patient_id, lock=True)
    return _point(by, patient, into_person_id, ChangeKind.MERGED, reason)


@transaction.atomic
def merge_persons(*, by: Actor, from_person_id: UUID, into_person_id: UUID, reason: str) -> list[Patient]:
    """All records of one person point to the other one. Raises Conflict when somebody else merged them first."""
    PATIENT.ask(by, "merge")
    assurance.fresh(by)
    # Both rows in one order for everybody: two who merge crosswise are served one after the other.
    list(Person.objects.select_for_update().filter(pk__in=[from_person_id, into_person_id]).order_by("pk"))
    rows = list(Patient.objects.select_for_update().filter(person=from_person_id).order_by("pk"))
    if not rows:
        raise Conflict(_("Somebody else has merged these two already."), code="merged_meanwhile")
    moved = [_point(by, row, into_person_id, ChangeKind.MERGED, reason) for row in rows]
    detail = {"records": len(moved)}
    audit.record(by=by, action="emr.persons_merged", subject=moved[0], patient=moved[0].pk, detail=detail)
    return moved


@transaction.atomic
def unmerge(*, by: Actor, patient_id: UUID, reason: str) -> Patient:
    """Undo the last merge of this record. Raises Conflict (409) when it was not merged. Asks for a fresh proof."""
    PATIENT.ask(by, "merge")
    assurance.fresh(by)
    patient = PATIENT.fetch(by, "merge", patient_id, lock=True)
    moves = PersonChange.objects.filter(patient=patient_id, kind__in=[ChangeKind.MERGED, ChangeKind.UNMERGED])
    last = moves.order_by("-changed_at", "-pk").first()
    if last is None or last.kind != ChangeKind.MERGED:
        raise Conflict(_("This record was not merged."), code="not_merged")
    return _point(by, patient, last.from_person_id, ChangeKind.UNMERGED, reason)


@transaction.atomic
def tell_apart(*, by: Actor, patient_id: UUID, other_person_id: UUID, reason: str) -> PersonChange:
    """The two are different people: the pair is no longer shown."""
    patient = PATIENT.fetch(by, "merge", patient_id, lock=True)
    _demand_reason(reason)
    if patient.person_id == other_person_id or not Person.objects.filter(pk=other_person_id).exists():
        raise Conflict(_("The record belongs to this person already."), code="same_person")
    row = keep(by, patient, ChangeKind.DISTINCT, patient.person_id, other_person_id, reason)
    audit.record(by=by, action="emr.persons_told_apart", subject=patient, patient=patient.pk)
    return row


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say what proves it.")})


def _point(by: Actor, patient: Patient, person_id: UUID, kind: ChangeKind, reason: str) -> Patient:
    _demand_reason(reason)
    before = patient.person_id
    wanted = Person.objects.select_for_update().filter(pk__in=[before, person_id]).order_by("pk")
    target = {one.pk: one for one in wanted}.get(person_id)
    if target is None or target.pk == before:
        raise Conflict(_("The record belongs to this person already."), code="same_person")
    if kind == ChangeKind.MERGED and not Patient.objects.filter(person=target).exists():
        raise Conflict(_("Somebody else has merged these two already."), code="merged_meanwhile")
    patient.person, patient.version = target, patient.version + 1
    patient.tokens = vault.tokens(
        patient.organisation_id, (vault.name_of(target), vault.other_name_of(patient))
    )
    patient.save(update_fields=["person", "version", "tokens"])
    keep(by, patient, kind, before, target.pk, reason)
    publish_patient(by=by, facts=facts_of(patient))
    audit.record(by=by, action=f"emr.patient_{kind}", subject=patient, patient=patient.pk)
    moved = events.PatientMoved(
        patient_id=str(patient.pk), from_person_id=str(before), to_person_id=str(target.pk)
    )
    outbox.emit(moved)
    return patient


def keep(
    by: Actor, patient: Patient, kind: ChangeKind, before: UUID, after: UUID, reason: str
) -> PersonChange:
    """Write down a change of who is who."""
    return PersonChange.objects.create(
        patient=patient,
        kind=kind,
        from_person_id=before,
        to_person_id=after,
        reason=reason.strip(),
        changed_at=clock.now(),
        changed_by=by.name,
    )
