"""The form of an up leg, filled from the record: nothing is typed twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.capacity import selectors as capacity
from emr.chart import selectors as chart
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text
from referral.choices import AttachmentKind
from referral.models import Referral
from referral.policies import REFERRAL


@dataclass(frozen=True, slots=True)
class Target:
    """One department one can refer to, with its free beds."""

    value: str
    organisation: str
    department: str
    free: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Something of the record that may go along."""

    value: str
    kind: Text
    title: str
    day: str


@dataclass(frozen=True, slots=True)
class FormPage:
    card: PatientCard
    targets: list[Target]
    offers: list[Offer]
    initial: Mapping[str, Any]
    referral: Referral | None


def form_page(*, by: Actor, patient_id: UUID, referral: Referral | None = None) -> FormPage:
    """What the form offers and what it already knows. 403 for posts that do not refer, 404 for a closed record."""
    REFERRAL.ask(by, "draft")
    if referral is None and access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    card = index.card(by=by, patient_id=patient_id)
    offers = _offers(by, patient_id)
    return FormPage(
        card=card,
        targets=targets(by),
        offers=offers,
        initial=_from_draft(referral) if referral else _from_record(by, patient_id, offers),
        referral=referral,
    )


def draft_of(*, by: Actor, referral_id: UUID) -> Referral:
    """A draft to go on with; 404 for another hospital."""
    return REFERRAL.fetch(by, "draft", referral_id)


def targets(by: Actor) -> list[Target]:
    """The head hospital's departments with free beds first; the actor's own places are none."""
    head = consortium.head_hospital()
    if by.organisation == head.pk:
        return []
    departments = consortium.departments_of(head.pk)
    free = capacity.free_counts([one.pk for one in departments])
    wards = [one for one in departments if one.specialty or free.get(one.pk)]
    return [
        Target(f"{head.pk}:{one.pk}", head.short_name, one.name, free.get(one.pk, 0))
        for one in (wards or departments)
    ]


def _offers(by: Actor, patient_id: UUID) -> list[Offer]:
    """Summary, reports, recordings and images of this patient, newest first."""
    found = []
    for kind in AttachmentKind:
        for resource in repository.of_patient(by=by, patient_id=patient_id, kind=kind.value, limit=12):
            if kind == AttachmentKind.ECG and not _is_recording(resource):
                continue
            found.append(_offer(kind, resource))
    return found


def _is_recording(resource: Mapping[str, Any]) -> bool:
    codes = {one.get("code") for one in resource.get("code", {}).get("coding", [])}
    return bool(codes & {"131328", "11524-6"})


def _offer(kind: AttachmentKind, resource: Mapping[str, Any]) -> Offer:
    code = resource.get("code") or resource.get("type") or {}
    title = resource.get("title") or resource.get("description") or code.get("text") or ""
    when = resource.get("effectiveDateTime") or resource.get("started") or resource.get("date") or ""
    return Offer(f"{kind.value}/{resource['id']}", kind.label, str(title), str(when)[:10])


def _from_record(by: Actor, patient_id: UUID, offers: list[Offer]) -> dict[str, Any]:
    """First values: the newest diagnosis and complaint, the newest summary, report and recordings ticked."""
    told = chart.summary(by=by, patient_id=patient_id)
    newest = told.problems[0] if told.problems else None
    newest_of = {one.value.split("/")[0]: one.value for one in reversed(offers)}
    visits = chart.encounters(by=by, patient_id=patient_id, limit=1)
    return {
        "diagnosis": f"{newest.code} {newest.text}".strip() if newest else "",
        "reason": visits[0].complaint if visits else "",
        "history": "；".join(str(one.text) for one in told.problems[1:6]),
        "treatment": "；".join(f"{one.name} {one.directions}".strip() for one in told.medicines[:8]),
        "encounter_id": visits[0].id if visits else "",
        "attachments": list(newest_of.values()),
    }


def _from_draft(referral: Referral) -> dict[str, Any]:
    target = f"{referral.target_id}:{referral.department_id}" if referral.department_id else ""
    return {
        "target": target,
        "diagnosis": f"{referral.diagnosis_code} {referral.diagnosis}".strip(),
        **{
            name: getattr(referral, name)
            for name in (
                "priority",
                "reason",
                "history",
                "treatment",
                "consent",
                "opens_protected",
                "advice_only",
            )
        },
        "attachments": [f"{row.kind}/{row.resource_id}" for row in referral.attachments.all()],
        "version": referral.version,
    }


def may_refer(*, by: Actor) -> bool:
    """Whether the post refers at all, and has somewhere to refer to."""
    return REFERRAL.allows(by, "draft") and by.organisation != consortium.head_hospital().pk
