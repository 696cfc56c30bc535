"""What a step tells the record: the leg's FHIR resources, as far as they changed, in one call."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from django.utils.translation import gettext_lazy as _

from consortium import selectors as consortium
from consortium.choices import Role
from emr.access import selectors as access
from emr.repository import selectors as stored
from emr.repository import services as repository
from emr.repository.services import Outgoing
from kernel import labels
from kernel.actor import Actor
from kernel.errors import Text
from referral import fhir
from referral.choices import UNSENT, Status
from referral.models import HistoryEntry, Referral
from referral.services.leg.reading_on import reads_until, still_reads
from referral.services.leg.standing import Standing, attachments_of, kept_span

OWNER: Final = "referral"
ALWAYS: Final = frozenset({"Task", "Provenance"})
"""A step always has a version of its Task and its Provenance; the rest is published when it says something else."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was done: its line of the history, and whether the form or the reply was signed in it."""

    entry: HistoryEntry
    signed: bool


def publish(by: Actor, referral: Referral, step: Step, here: Standing) -> None:
    """Publish what changed with `step`; keeps on the leg what it has told so far (the caller saves `published`)."""
    told, changed = {**referral.published}, []
    referral.published = told
    for resource in _resources(referral, step, here):
        kind, print_ = resource["resourceType"], _print(resource)
        if kind in ALWAYS or told.get(kind) != print_:
            changed.append(resource)
        if kind not in ALWAYS:
            told[kind] = print_
    repository.publish(
        by=by,
        owner=OWNER,
        resources=[
            Outgoing(resource, patient=referral.patient_id, custodian=referral.source_id)
            for resource in changed
        ],
    )


def _print(resource: fhir.Json) -> str:
    return hashlib.blake2b(orjson.dumps(resource), digest_size=8).hexdigest()


def _resources(referral: Referral, step: Step, here: Standing) -> Iterable[fhir.Json]:
    """All that can be told of the leg, as it stands now."""
    names, span = here.names, kept_span(referral, here.kept)
    yield fhir.service_request(referral, here.attachments, names, replaces=here.replaces)
    yield fhir.task(referral, names, at=step.entry.happened_at)
    yield fhir.provenance(referral, step.entry, names, signed=step.signed)
    if referral.submitted_at is not None and referral.status not in UNSENT:
        yield fhir.appointment(referral, names, span)
        yield fhir.consent(referral, names, until=reads_until(referral), open_=still_reads(referral))
        if fhir.answered(referral):
            yield fhir.appointment_response(referral, names, span)
    if here.plan:
        yield fhir.care_plan(referral, here.plan, names)
    if referral.care_encounter_id == fhir.outside_care_id(referral):
        yield _outside_care(referral, names, step.entry.happened_at)


def _outside_care(referral: Referral, names: fhir.Names, now: datetime) -> fhir.Json:
    """Begun when it was told; ended with the step that left it."""
    begun = referral.published.setdefault("care", now.isoformat())
    if referral.status != Status.IN_CARE:
        ended = datetime.fromisoformat(referral.published.setdefault("cared", now.isoformat()))
    else:
        ended = None
    return fhir.outside_care(referral, names, begun=datetime.fromisoformat(begun), ended=ended)


def protected(referral: Referral) -> bool:
    """Whether the form names specially protected data (HIV, STI, psychiatry), itself or by what goes along."""
    attachments = attachments_of(referral)
    request = fhir.service_request(referral, attachments, {})
    label, _names = access.rules().of(request, orjson.dumps(request))
    along = [(row.kind, row.resource_id) for row in attachments]
    if referral.encounter_id:
        along.append(("Encounter", referral.encounter_id))
    above = stored.labels_above_care(along).values()
    return max((label, *above)) >= labels.SENSITIVE


def guard_protected(referral: Referral) -> Text | None:
    """Why the form must not go out as it is, where it names specially protected data: the patient has to agree to
    that explicitly, and somebody who answers must be cleared for it, or the leg would reach nobody."""
    if not protected(referral):
        return None
    if not referral.opens_protected:
        return _(
            "The form names specially protected data (HIV, STI, psychiatry): the patient agrees to that explicitly, or "
            "it is left out and told by telephone."
        )
    at, roles = referral.target_id, (Role.COORDINATOR, Role.BRANCH_DOCTOR)
    if not consortium.is_outside(at) and not consortium.cleared(
        roles=roles, organisation_id=at, label=labels.SENSITIVE
    ):
        return _(
            "Nobody who answers there may read specially protected data: leave it out and tell it by telephone."
        )
    return None
