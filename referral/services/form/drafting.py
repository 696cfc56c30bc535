"""The form of a leg while it is a draft: written, changed, thrown away."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.index import selectors as index
from emr.repository import selectors as repository
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach
from referral.choices import AttachmentKind, ConsentBasis, Direction, Event, Priority, Status
from referral.fhir import CONTENT
from referral.models import Attachment, Referral
from referral.policies import REFERRAL
from referral.selectors.criteria.table import Answers
from referral.services.form.consenting import take_consent
from referral.services.form.judging import judge
from referral.services.form.reaching import keep_reach
from referral.services.house.relating import ask_target
from referral.services.leg.steps import begin, step
from referral.services.leg.timing import due_after

WORDS: Final = ("illness", "regimen", "precautions", "consent_way", "signer", "relation")
"""What else a person writes into the form."""
Attached = Sequence[tuple[str, str]]


@transaction.atomic
def draft(
    *,
    by: Actor,
    key: str,
    patient_id: UUID,
    target_id: UUID,
    department_id: UUID | None = None,
    encounter_id: str = "",
    attachments: Attached = (),
    opens_protected: bool = False,
    ink: str = "",
    advice_only: bool = False,
    criteria: Answers | None = None,
    override: str = "",
    reach: Mapping[str, str] | None = None,
    **content: str,
) -> Referral:
    """Write the form of an up leg as a draft. `content` by the names of CONTENT and WORDS; attachments (kind, FHIR id);
    `ink` is the name drawn on the screen (`consenting.take_consent`), `reach` how people are reached (`reaching.MOST`).

    Raises Invalid (422) for a target that is one's own, OutOfReach (404) for a patient not open to the actor.
    """
    REFERRAL.ask(by, "draft")
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="referral.draft", key=key, subject=pk):
        return REFERRAL.fetch(by, "view", earlier)
    _open_to(by, patient_id, encounter_id)
    referral = Referral(
        id=pk,
        number=next_number(Direction.UP),
        patient_id=patient_id,
        direction=Direction.UP,
        source_id=by.place,
        source_department_id=by.department,
        doctor_id=by.person,
        encounter_id=encounter_id,
        created_at=clock.now(),
    )
    _fill(referral, target_id, department_id, content, opens_protected)
    take_consent(by, referral, ink)
    referral.advice_only = advice_only
    judge(by, referral, criteria, override)
    referral.person_id, deceased_at = index.pinned(patient_id)
    if deceased_at:
        raise Conflict(_("The patient has died."), code="deceased")
    referral.due_at = referral.call_at = due_after(referral, referral.created_at)
    referral.save(force_insert=True)
    keep_reach(referral, reach or {})
    attach(by, referral, attachments)
    audit.record(by=by, action="referral.drafted", subject=referral, patient=patient_id)
    return referral


def _open_to(by: Actor, patient_id: UUID, encounter_id: str) -> None:
    """Raise OutOfReach (404) for a record that is not open, Invalid (422) for another person's encounter."""
    if access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    if encounter_id and not index.same_person(
        patient_id=patient_id, resource=repository.read(by=by, kind="Encounter", id=encounter_id)
    ):
        raise Invalid(fields={"encounter_id": _("This belongs to another patient.")})


@transaction.atomic
def edit(
    *,
    by: Actor,
    referral_id: UUID,
    version: int,
    target_id: UUID,
    department_id: UUID | None = None,
    attachments: Attached = (),
    opens_protected: bool = False,
    ink: str = "",
    advice_only: bool = False,
    criteria: Answers | None = None,
    override: str = "",
    reach: Mapping[str, str] | None = None,
    **content: str,
) -> Referral:
    """Change a draft. Raises Conflict (409) when it was submitted or changed in the meantime."""
    referral = REFERRAL.fetch(by, "draft", referral_id, lock=True)
    if referral.status != Status.DRAFT or referral.version != version:
        raise Conflict(code="version_conflict")
    _fill(referral, target_id, department_id, content, opens_protected)
    take_consent(by, referral, ink)
    referral.advice_only = advice_only
    judge(by, referral, criteria, override)
    referral.version += 1
    referral.save()
    if reach is not None:
        keep_reach(referral, reach)
    _detach(referral, attachments)
    attach(by, referral, attachments)
    audit.record(by=by, action="referral.edited", subject=referral, patient=referral.patient_id)
    return referral


def next_number(direction: Direction) -> str:
    """A form number (单号): ZZ up, HZ down, the day, a running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('referral_number')")
        (number,) = cursor.fetchone()
    prefix, overflow = "HZ" if direction == Direction.DOWN else "ZZ", number // 10000
    return f"{prefix}{clock.today():%Y%m%d}-{number % 10000:04d}" + (f"-{overflow}" if overflow else "")


def _fill(
    referral: Referral, target_id: UUID, department_id: UUID | None, content: dict[str, str], opens: bool
) -> None:
    target = consortium.organisation(target_id)
    if target.pk == referral.source_id:
        raise Invalid(fields={"target": _("A referral leaves the own institution: choose another one.")})
    department = consortium.department(department_id) if department_id else None
    if department is not None and department.organisation_id != target.pk:
        raise Invalid(fields={"department": _("This department belongs to another institution.")})
    if unknown := set(content) - {*CONTENT, *WORDS}:
        raise TypeError(f"unknown content: {sorted(unknown)}")
    for name, value in content.items():
        setattr(referral, name, value.strip())
    referral.priority = referral.priority or Priority.ROUTINE
    referral.opens_protected = opens and referral.consent == ConsentBasis.PATIENT
    referral.target_id, referral.department_id = target.pk, department_id
    ask_target(referral)


def _detach(referral: Referral, attachments: Attached) -> None:
    """What is ticked no longer does not go along; the database lets this happen to drafts alone."""
    wanted = {(str(kind), resource_id) for kind, resource_id in attachments}
    gone = [
        row.pk for row in referral.attachments.order_by("pk") if (row.kind, row.resource_id) not in wanted
    ]
    referral.attachments.filter(pk__in=gone).delete()


def attach(by: Actor, referral: Referral, attachments: Attached) -> None:
    """Attach what exists and concerns this patient."""
    known = set(referral.attachments.values_list("kind", "resource_id"))
    for kind, resource_id in attachments:
        if (kind, resource_id) in known:
            continue
        label = AttachmentKind(kind).label
        resource = repository.read(by=by, kind=kind, id=resource_id)
        if not index.same_person(patient_id=referral.patient_id, resource=resource):
            raise Invalid(fields={"attachments": _("This belongs to another patient.")})
        Attachment.objects.create(
            referral=referral, kind=kind, resource_id=resource_id, title=f"{_title(resource) or label}"[:100]
        )


def _title(resource: dict[str, Any]) -> str:
    code = resource.get("code") or resource.get("type") or {}
    return str(resource.get("title") or resource.get("description") or code.get("text") or "")


@transaction.atomic
def discard(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Throw a draft away; its row stays, void."""
    referral, done = begin(by, Event.DISCARD, referral_id, key, version)
    if done:
        return referral
    step(by, referral, Event.DISCARD, version=version)
    return referral
