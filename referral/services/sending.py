"""The sending side: write, submit, take back, read the reply."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.index import selectors as index
from emr.repository import selectors as repository
from kernel import audit, clock, idempotency, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral.choices import AttachmentKind, ConsentBasis, Direction, Event, Priority, Status
from referral.fhir import CONTENT
from referral.models import Attachment, Referral
from referral.policies import REFERRAL
from referral.services.publishing import guard_protected
from referral.services.relating import ask_target
from referral.services.signing import keep_form, sign
from referral.services.steps import begin, said, step
from referral.services.timing import due_after

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
    **content: str,
) -> Referral:
    """Write the form of an up leg as a draft. `content` by the names of CONTENT; attachments (kind, FHIR id).

    Raises Invalid (422) for a target that is one's own, OutOfReach (404) for a patient not open to the actor.
    """
    REFERRAL.ask(by, "draft")
    pk = ids.uuid7()
    if earlier := idempotency.first(by=by, verb="referral.draft", key=key, subject=pk):
        return REFERRAL.fetch(by, "view", earlier)
    if access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    if encounter_id and not index.same_person(
        patient_id=patient_id, resource=repository.read(by=by, kind="Encounter", id=encounter_id)
    ):
        raise Invalid(fields={"encounter_id": _("This belongs to another patient.")})
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
    referral.due_at = referral.call_at = due_after(referral, referral.created_at)
    referral.save(force_insert=True)
    _attach(by, referral, attachments)
    audit.record(by=by, action="referral.drafted", subject=referral, patient=patient_id)
    return referral


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
    **content: str,
) -> Referral:
    """Change a draft. Raises Conflict (409) when it was submitted or changed in the meantime."""
    referral = REFERRAL.fetch(by, "draft", referral_id, lock=True)
    if referral.status != Status.DRAFT or referral.version != version:
        raise Conflict(code="version_conflict")
    _fill(referral, target_id, department_id, content, opens_protected)
    referral.version += 1
    referral.save()
    _attach(by, referral, attachments)
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
    if unknown := set(content) - set(CONTENT):
        raise TypeError(f"unknown content: {sorted(unknown)}")
    for name, value in content.items():
        setattr(referral, name, value.strip())
    referral.priority = referral.priority or Priority.ROUTINE
    referral.opens_protected = opens and referral.consent == ConsentBasis.PATIENT
    referral.target_id, referral.department_id = target.pk, department_id
    ask_target(referral)


def _attach(by: Actor, referral: Referral, attachments: Attached) -> None:
    """Attach what exists and concerns this patient; a draft's attachments only grow."""
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
def submit(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Submit and sign the form. Raises Invalid (422) without consent, diagnosis or reason; Conflict (409) when
    the patient has an open leg to this department, or has died."""
    referral, done = begin(by, Event.SUBMIT, referral_id, key, version)
    if done:
        return referral
    send(by, referral, Event.SUBMIT, version)
    return referral


@transaction.atomic
def submit_for_review(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Ask a colleague for the second signature, where the branch wants one. Raises as `submit` does."""
    referral, done = begin(by, Event.SUBMIT_FOR_REVIEW, referral_id, key, version)
    if done:
        return referral
    check(referral)
    step(by, referral, Event.SUBMIT_FOR_REVIEW, version=version)
    return referral


@transaction.atomic
def approve(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Give the second signature: the form is signed and sent. Raises Refused (403) for its author."""
    referral, done = begin(by, Event.APPROVE, referral_id, key, version)
    if done:
        return referral
    not_the_author(by, referral, Event.APPROVE)
    send(by, referral, Event.APPROVE, version)
    return referral


@transaction.atomic
def send_back(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """Give the form back to its author with a reason."""
    referral, done = begin(by, Event.SEND_BACK, referral_id, key, version)
    if done:
        return referral
    words = said("reason", reason, _("Say what is to be changed."))
    step(by, referral, Event.SEND_BACK, version=version, words=words)
    return referral


@transaction.atomic
def supply_info(
    *, by: Actor, referral_id: UUID, version: int, key: str, answer: str, attachments: Attached = ()
) -> Referral:
    """Answer what was asked for: a new version of the form is signed, the old one stays."""
    referral, done = begin(by, Event.SUPPLY_INFO, referral_id, key, version)
    if done:
        return referral
    words = said("answer", answer, _("Answer what was asked for."))
    _attach(by, referral, attachments)
    referral.history = f"{referral.history}\n{words}".strip()[-500:]
    referral.asked = []
    referral.signature = sign(by, referral)
    step(
        by,
        referral,
        Event.SUPPLY_INFO,
        version=version,
        words=words,
        fields=["history", "asked", "signature"],
    )
    keep_form(referral)
    return referral


def send(by: Actor, referral: Referral, event: Event, version: int | None, *, words: str = "") -> None:
    """Check, sign and send the form by `event`; the signed version is kept."""
    check(referral)
    referral.submitted_at = clock.now()
    referral.signature = sign(by, referral)
    step(by, referral, event, version=version, words=words, fields=["submitted_at", "signature", "unrelated"])
    keep_form(referral)


def not_the_author(by: Actor, referral: Referral, event: Event) -> None:
    """Refused (403) for who wrote the form."""
    if referral.doctor_id == by.person:
        raise Refused(_("Somebody else than the author does this."), detail={"event": event.value})


def check(referral: Referral) -> None:
    """Raise Invalid (422) when the form must not go out as it is, Conflict (409) for one who has died."""
    wrong: dict[str, Any] = {}
    if referral.consent not in ConsentBasis.values:
        wrong["consent"] = _("Say on what the referral rests: the patient's consent, or the emergency.")
    if referral.consent == ConsentBasis.EMERGENCY and referral.priority != Priority.EMERGENCY:
        wrong["consent"] = _("Only an emergency goes without consent.")
    if not referral.diagnosis:
        wrong["diagnosis"] = _("Write the diagnosis, with or without a code.")
    if not referral.reason:
        wrong["reason"] = _("Write why the patient is referred.")
    if why := guard_protected(referral):
        wrong["opens_protected"] = why
    if wrong:
        raise Invalid(fields=wrong)
    ask_target(referral)
    if referral.patient.person.deceased_at:
        raise Conflict(_("The patient has died."), code="deceased")


@transaction.atomic
def discard(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """Throw a draft away; its row stays, void."""
    referral, done = begin(by, Event.DISCARD, referral_id, key, version)
    if done:
        return referral
    step(by, referral, Event.DISCARD, version=version)
    return referral


@transaction.atomic
def withdraw(*, by: Actor, referral_id: UUID, version: int, key: str, reason: str) -> Referral:
    """Take a submitted leg back, with the reason; a kept bed is free again at once."""
    referral, done = begin(by, Event.WITHDRAW, referral_id, key, version)
    if done:
        return referral
    words = said("reason", reason, _("Say why you take it back."))
    step(by, referral, Event.WITHDRAW, version=version, words=words)
    return referral


@transaction.atomic
def acknowledge(*, by: Actor, referral_id: UUID, version: int, key: str) -> Referral:
    """The branch has read the head hospital's reply: the leg is closed."""
    referral, done = begin(by, Event.ACKNOWLEDGE, referral_id, key, version)
    if done:
        return referral
    step(by, referral, Event.ACKNOWLEDGE, version=version)
    return referral
