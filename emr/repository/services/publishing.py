"""`publish`: a workflow stores the resources it owns, in its own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from emr.repository.services import checks, labelling, store
from emr.repository.services.drafts import Draft, confidentiality
from emr.repository.services.traces import trace
from kernel import labels
from kernel.actor import Actor
from kernel.database.joining import joined
from kernel.errors import Conflict

WORKFLOW_API = {
    "referral": "/api/v1/referrals/",
    "diagnostics": "/api/v1/exams/",
    "imaging": "/dicomweb/",
    "ecg": "/api/v1/ecg/",
    "insurance_bridge": "/api/v1/insurance/settlements/",
    "chart": "/api/v1/encounters/",
    "index": "/api/v1/patients/",
    "consortium": "/api/v1/organisations/",
    "consent": "/patients/",
    "prescriptions": "/api/v1/prescriptions/",
}
"""Where a managed resource is changed instead."""


def managed_elsewhere(kind: str, id_: str, owner: str) -> Conflict:
    """409: another workflow owns this resource; names its API."""
    where = WORKFLOW_API.get(owner, "/api/docs/")
    return Conflict(
        _("%(reference)s is kept by the workflow “%(owner)s” and is changed through %(where)s only.")
        % {"reference": f"{kind}/{id_}", "owner": owner, "where": where},
        code="managed_elsewhere",
        detail={"managed_by": owner, "api": where},
    )


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A resource to store. `resource` carries resourceType and id; meta is written by the repository.

    `custodian` None keeps the present one, for a new resource the acting post's institution.
    """

    resource: Mapping[str, Any]
    patient: UUID | None = None
    label: int = labels.CARE
    categories: tuple[str, ...] = ()
    custodian: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored: the version served from the moment the transaction commits."""

    kind: str
    id: str
    version: int
    updated: datetime

    @property
    def reference(self) -> str:
        """`Observation/<id>`, as other resources name it."""
        return f"{self.kind}/{self.id}"


@joined
def publish(*, by: Actor, owner: str, resources: Sequence[Outgoing], announced: bool = True) -> list[Stored]:
    """Store a new version of each resource, managed by `owner` from now on (`referral`, `diagnostics` …).

    A fixed number of statements for any number of resources; superseded versions go into history.
    Raises Invalid (422) for what is not FHIR R4 and Conflict (409, code `managed_elsewhere`) when a resource
    belongs to another workflow. The caller's own policy has decided whether `by` may. Without `announced` no
    event tells of them: for whole pasts taken over at once, which nobody waits for.
    """
    if not resources:
        return []
    drafts = [_draft(by, owner, outgoing) for outgoing in resources]
    present = store.lock([(draft.kind, draft.id) for draft in drafts])
    for draft in drafts:
        _follow(draft, present.get((draft.kind, draft.id)))
        draft.custodian = draft.custodian or by.organisation
    updated = store.write(drafts, present)
    labelling.pass_on(by=by, drafts=drafts)
    trace(by=by, action="repository.published", drafts=drafts, owner=owner, announced=announced)
    return [Stored(draft.kind, draft.id, draft.version, updated) for draft in drafts]


def _draft(by: Actor, owner: str, outgoing: Outgoing) -> Draft:
    resource = outgoing.resource
    checks.demand(resource)
    return Draft(
        kind=resource["resourceType"],
        id=resource["id"],
        resource=resource,
        patient=outgoing.patient,
        custodian=outgoing.custodian,
        label=max(outgoing.label, confidentiality(resource)),
        categories=outgoing.categories,
        managed_by=owner,
    )


def _follow(draft: Draft, present: store.Current | None) -> None:
    """Make `draft` the next version of what is there. A label never falls: the past tells what the present hides."""
    if present is None:
        return
    if present.managed_by not in {"", draft.managed_by}:
        raise managed_elsewhere(draft.kind, draft.id, present.managed_by)
    draft.version = present.version + 1
    draft.custodian = draft.custodian or present.custodian
    draft.patient = draft.patient or present.patient
    draft.label = max(draft.label, present.label)
    draft.categories = tuple(sorted({*draft.categories, *present.categories}))
