"""A study is given to the request it was made for: by itself where all agrees, else by whoever works the machine."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel, Role
from diagnostics import selectors as diagnostics
from diagnostics import services as diagnostics_services
from diagnostics.choices import Group, MaterialKind, group_of
from emr.index import selectors as index
from emr.repository.services import Outgoing, publish
from imaging import events, fhir
from imaging.choices import TRANSITIONS, Doubt, Event, Status
from imaging.models import Study
from imaging.policies import ASSIGNERS, STUDY
from imaging.selectors.identity import doubt_about
from kernel import audit, clock, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from kernel.said import phrase
from kernel.workflow import move

GIVEN = (
    "status",
    "version",
    "patient",
    "request",
    "doubt",
    "assigned_at",
    "assigned_by",
    "assigned_reason",
    "pending_since",
)
"""Columns of a study that change when it is given to a request."""


@transaction.atomic
def settle(*, by: Actor, study_id: UUID) -> Study:
    """Take a study that has grown quiet: give it to its request, hold it, or publish what is new in it.

    The same study again without new objects changes nothing.
    """
    study = STUDY.fetch(by, "settle", study_id, lock=True)
    if study.pending_since is None:
        return study
    study.pending_since = None
    study.save(update_fields=["pending_since"])
    if study.status == Status.MATCHED:
        _publish(by, study, study.accession_number)
        audit.record(by=by, action="imaging.study_grown", subject=study, patient=study.patient_id)
        return study
    if study.doubt == Doubt.TAKEN_BACK:
        return _hold(by, study, Doubt.TAKEN_BACK)
    request = (
        diagnostics.by_accession(by=by, accession_number=study.accession_number)
        if study.accession_number
        else None
    )
    doubt = doubt_about(study, request, index.card(by=by, patient_id=request.patient_id) if request else None)
    if doubt is None and request is not None:
        return _give(by, study, request.pk, Event.MATCH)
    return _hold(by, study, doubt or Doubt.UNKNOWN_ACCESSION)


def _hold(by: Actor, study: Study, doubt: Doubt) -> Study:
    move(study, Event.HOLD, TRANSITIONS)
    study.doubt = doubt
    study.save(update_fields=["status", "version", "doubt"])
    audit.record(by=by, action="imaging.study_held", subject=study, detail={"doubt": str(doubt)})
    outbox.emit(events.StudyHeld(study_id=str(study.pk), organisation_id=str(study.custodian_id)))
    _tell_assigner(by, study, doubt, key=f"imaging-held:{study.pk}")
    return study


def _tell_assigner(by: Actor, study: Study, doubt: Doubt, *, key: str) -> None:
    consortium_services.notify(
        by=by,
        key=key,
        recipients=consortium_services.Recipients(role=_assigner(study), organisation=study.custodian_id),
        level=NoticeLevel.TASK,
        title=phrase(_("A study waits to be assigned: %(why)s"), why=doubt.label),
        url=reverse("imaging:unmatched"),
    )


def _assigner(study: Study) -> Role:
    """Who is told at the place: its technologists, else its doctors, who work the machine themselves."""
    place = study.custodian_id
    return next((role for role in ASSIGNERS if consortium.holders(role, place)), Role.TECHNOLOGIST)


@transaction.atomic
def assign(*, by: Actor, study_id: UUID, version: int, request_id: UUID, reason: str) -> Study:
    """A technologist says which request a study was made for; what disagreed goes into the audit record.

    Raises Conflict (409) when somebody assigned it meanwhile or the request takes no images, Invalid (422)
    without a reason.
    """
    study = STUDY.fetch(by, "assign", study_id, lock=True)
    if study.version != version:
        raise Conflict(code="version_conflict", detail={"version": study.version, "status": study.status})
    if not reason.strip():
        raise Invalid(fields={"reason": _("Say how you know that this is the patient.")})
    study.pending_since = None
    return _give(by, study, request_id, Event.ASSIGN, reason=reason.strip()[:200])


@transaction.atomic
def take_back(*, by: Actor, study_id: UUID, request_id: UUID, reason: str) -> Study:
    """The study is not this request's (撤回归属): it waits to be assigned again and leaves the patient's record.

    The house never gives it away by itself any more. Raises Conflict (409) when it was taken back meanwhile or a
    signed report stands on it, Invalid (422) without a reason.
    """
    study = STUDY.fetch(by, "take_back", study_id, lock=True)
    if study.request_id != request_id:
        raise Conflict(_("It does not belong to this request any more."), code="taken_back")
    request = diagnostics_services.detach_material(
        by=by, request_id=request_id, kind=MaterialKind.IMAGING_STUDY, ref=study.pk, reason=reason
    )
    _publish(by, study, request.accession_number, status="entered-in-error")
    move(study, Event.TAKE_BACK, TRANSITIONS)
    study.patient_id, study.request_id, study.doubt = None, None, Doubt.TAKEN_BACK
    study.assigned_at, study.assigned_by, study.assigned_reason = None, "", ""
    study.save(update_fields=GIVEN)
    detail = {"request": str(request.pk)}
    patient = request.patient_id
    audit.record(by=by, action="imaging.study_taken_back", subject=study, patient=patient, detail=detail)
    outbox.emit(events.StudyHeld(study_id=str(study.pk), organisation_id=str(study.custodian_id)))
    _tell_assigner(by, study, Doubt.TAKEN_BACK, key=f"imaging-held:{study.pk}:{study.version}")
    return study


def _give(by: Actor, study: Study, request_id: UUID, event: Event, *, reason: str = "") -> Study:
    """Both sides, or neither: the request becomes examined, the study belongs to the patient."""
    request = diagnostics_services.attach_material(
        by=by, request_id=request_id, kind=MaterialKind.IMAGING_STUDY, ref=study.pk
    )
    if group_of(request.modality) != Group.IMAGING:
        raise Conflict(_("This request asks for no images."), code="other_group")
    doubted = study.doubt
    move(study, event, TRANSITIONS)
    study.patient_id, study.request_id, study.doubt = request.patient_id, request.pk, ""
    study.assigned_at, study.assigned_by, study.assigned_reason = clock.now(), by.name, reason
    study.save(update_fields=GIVEN)
    _publish(by, study, request.accession_number)
    detail: dict[str, str | int | bool] = {
        "request": str(request.pk),
        "by_hand": event == Event.ASSIGN,
        "doubt": doubted,
    }
    audit.record(
        by=by, action="imaging.study_matched", subject=study, patient=request.patient_id, detail=detail
    )
    outbox.emit(events.StudyMatched(study_id=str(study.pk), request_id=str(request.pk)))
    return study


def _publish(by: Actor, study: Study, accession_number: str, status: str = "available") -> None:
    series = list(study.series.order_by("number", "uid"))
    resource = fhir.imaging_study(
        study, series, accession_number=accession_number, endpoint=settings.DICOMWEB_URL, status=status
    )
    outgoing = Outgoing(resource, patient=study.patient_id, label=study.label, custodian=study.custodian_id)
    publish(by=by, owner="imaging", resources=[outgoing])
