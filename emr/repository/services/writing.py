"""Writes that come in through /fhir/: a client of an institution creates, updates, deletes its own resources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from emr.access import selectors as access
from emr.repository import policies, selectors, sql
from emr.repository.choices import GATED_KINDS, Interaction
from emr.repository.engine.extract import patient_of
from emr.repository.engine.query import Query
from emr.repository.selectors import Row
from emr.repository.services import checks, gates, labelling, store
from emr.repository.services.drafts import Draft, confidentiality, moment
from emr.repository.services.places import demand_places
from emr.repository.services.publishing import managed_elsewhere
from emr.repository.services.traces import trace
from kernel import ids
from kernel.actor import Actor
from kernel.database.at_once import at_once
from kernel.errors import Gone, Invalid, OutOfReach, PreconditionFailed, Refused

KNOWN_PATIENTS: Final = "SELECT p.id, p.organisation_id FROM emr_patient p WHERE p.id = ANY(%s) AND {open}"
MOST_HOMES: Final = 100_000
ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, slots=True)
class Written:
    """The version that is served now; `created` when the resource was not there before."""

    row: Row
    created: bool


_homes: Final[dict[UUID, UUID]] = {}
"""Patient -> its institution, of committed patients; neither ever changes nor ends."""


def demand_patients(by: Actor, patients: Iterable[str | None]) -> None:
    """Raise Invalid (422) unless every patient exists here and is open to `by`. At most one statement."""
    wanted = {_patient_uuid(patient) for patient in patients if patient is not None}
    unsure = {patient for patient in wanted if _homes.get(patient) not in by.organisations}
    if not unsure:
        return
    condition, parameters = access.patients_open_to(by, "p")
    found = sql.rows(KNOWN_PATIENTS.format(open=condition), [list(unsure), *parameters])
    if missing := unsure - {row[0] for row in found}:
        raise _unknown_patient(str(min(missing)))
    transaction.on_commit(lambda: _remember(found), robust=True)


def _remember(found: Iterable[tuple[UUID, UUID]]) -> None:
    if len(_homes) > MOST_HOMES:
        _homes.clear()
    _homes.update(found)


def _patient_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _unknown_patient(text) from None


def _unknown_patient(id_: str) -> Invalid:
    reference = f"Patient/{id_[:64]}"
    return Invalid(
        _("%(reference)s does not exist here, or its record is not open to you.") % {"reference": reference},
        code="unknown_patient",
        detail={"reference": reference},
    )


def draft_of(by: Actor, resource: Mapping[str, Any], id_: str) -> Draft:
    """A new row of the acting institution. The resource is valid."""
    return Draft(
        kind=resource["resourceType"],
        id=id_,
        resource=resource,
        custodian=by.organisation,
        label=confidentiality(resource),
    )


def follow(by: Actor, draft: Draft, present: store.Current) -> None:
    """Make `draft` the next version of the client's own, free resource. Raises OutOfReach, Refused, Conflict."""
    demand_own(by, present)
    draft.version = present.version + 1
    draft.custodian = present.custodian
    draft.categories = tuple(present.categories)
    draft.label = max(draft.label, present.label)


def demand_own(by: Actor, present: store.Current) -> None:
    """Only the custodian writes a resource, and only while no workflow keeps it."""
    reference = f"{present.kind}/{present.id}"
    if present.custodian not in by.organisations:
        # Who may read it learns that it is another's, everybody else that there is nothing.
        selectors.current(by=by, kind=present.kind, id=present.id)
        raise Refused(
            _("Another institution keeps this resource."), code="not_custodian", detail={"pk": reference}
        )
    if present.label > by.clearance:
        raise OutOfReach(detail={"pk": reference})
    if present.managed_by:
        raise managed_elsewhere(present.kind, present.id, present.managed_by)


def demand_version(present: store.Current | None, expected: int | None) -> None:
    """If-Match: the version the client saw must be the present one. Raises PreconditionFailed (412)."""
    if expected is None:
        return
    if present is None or present.version != expected:
        raise PreconditionFailed(detail={"version": present.version if present else 0})


@at_once
def create(*, by: Actor, resource: Mapping[str, Any], unless: Query | None = None) -> Written:
    """Store a new resource of the acting institution under an id of ours.

    `unless` (If-None-Exist): one match is answered instead, several are PreconditionFailed (412). Raises Refused
    (403) without the scope, NotFhir (422), Invalid (422) for an unknown patient.
    """
    kind = resource["resourceType"]
    policies.ask(by, Interaction.CREATE, kind)
    checks.demand(resource)
    if unless is not None and (found := only_match(by, unless)):
        return Written(found, created=False)
    if kind in GATED_KINDS:
        return through_gate(by, resource, None)
    draft = draft_of(by, resource, str(ids.uuid7()))
    demand_patients(by, [patient_of(kind, dict(resource))])
    return _written(by, draft, {}, "repository.created")


@transaction.atomic
def update(
    *, by: Actor, kind: str, id: str, resource: Mapping[str, Any], version: int | None = None
) -> Written:
    """Store a new version, or the first one under the client's own id (not for a Patient).

    Raises PreconditionFailed (412) when `version` is not the present one, Conflict (409) when a workflow keeps the
    resource, Refused (403) when another institution does, OutOfReach (404).
    """
    policies.ask(by, Interaction.UPDATE, kind)
    checks.demand(resource)
    if resource["resourceType"] != kind or resource.get("id") != id:
        raise Invalid(_("Type and id of the resource are not those of the address."), code="id_differs")
    present = store.lock([(kind, id)]).get((kind, id))
    demand_version(present, version)
    if kind in GATED_KINDS:
        return through_gate(by, resource, id)
    draft = draft_of(by, resource, id)
    demand_patients(by, [patient_of(kind, dict(resource))])
    if present is not None:
        follow(by, draft, present)
    known = {(kind, id): present} if present is not None else {}
    return _written(by, draft, known, "repository.updated")


@transaction.atomic
def update_where(*, by: Actor, query: Query, resource: Mapping[str, Any]) -> Written:
    """Update the one resource `query` finds, create one when it finds none. Raises as `create` and `update` do."""
    policies.ask(by, Interaction.UPDATE, query.kind)
    checks.demand(resource)
    found = only_match(by, query)
    if found is None:
        return create(by=by, resource=resource)
    return update(by=by, kind=query.kind, id=found.id, resource={**resource, "id": found.id})


@transaction.atomic
def delete(*, by: Actor, kind: str, id: str, version: int | None = None) -> Row | None:
    """Store a tombstone; history stays. None when it was gone already. Raises as `update` does."""
    policies.ask(by, Interaction.DELETE, kind)
    present = store.lock([(kind, id)]).get((kind, id))
    if present is None:
        raise OutOfReach(detail={"pk": f"{kind}/{id}"})
    demand_version(present, version)
    demand_own(by, present)
    if present.deleted:
        return None
    return _written(by, tombstone(present), {(kind, id): present}, "repository.deleted").row


def tombstone(present: store.Current) -> Draft:
    """The version that says it is deleted; label, patient and custodian stay, so that its past stays guarded."""
    return Draft(
        kind=present.kind,
        id=present.id,
        resource=None,
        patient=present.patient,
        custodian=present.custodian,
        label=present.label,
        categories=tuple(present.categories),
        version=present.version + 1,
    )


def only_match(by: Actor, query: Query) -> Row | None:
    """The one resource a condition finds. Two clients asking the same at once are served one after the other."""
    sql.rows(ONE_AT_A_TIME, [f"{query.kind}?{sorted(query.said)}"])
    matches = selectors.search(by=by, query=query).matches
    if len(matches) > 1:
        raise PreconditionFailed(_("Several resources fit the condition."), code="multiple_matches")
    return matches[0] if matches else None


def _existing(by: Actor, kind: str, id_: str) -> UUID:
    present = store.lock([(kind, id_)]).get((kind, id_))
    if present is None:
        raise OutOfReach(
            _("A new patient is sent with POST; the platform gives the id."), detail={"pk": f"{kind}/{id_}"}
        )
    if present.deleted:
        raise Gone(detail={"pk": f"{kind}/{id_}"})
    if present.custodian not in by.organisations:
        selectors.current(by=by, kind=kind, id=id_)
        raise Refused(_("Another institution keeps this resource."), code="not_custodian")
    return UUID(id_)


def through_gate(by: Actor, resource: Mapping[str, Any], id_: str | None) -> Written:
    """Let the room that owns this kind take it in; `id_` names the record to change. Raises OutOfReach, Refused."""
    since = moment()
    known = _existing(by, resource["resourceType"], id_) if id_ is not None else None
    kept = gates.pass_through(by, resource, known)
    transaction.on_commit(lambda: _remember([kept]), robust=True)
    row = selectors.current(by=by, kind=resource["resourceType"], id=str(kept.id))
    return Written(row, created=row.version == 1 and row.updated >= since)


def _written(by: Actor, draft: Draft, known: Mapping[store.Key, store.Current], action: str) -> Written:
    updated = store.write([draft], known)
    demand_places([draft])
    labelling.pass_on(by=by, drafts=[draft])
    trace(by=by, action=action, drafts=[draft])
    before = known.get((draft.kind, draft.id))
    row = Row(
        draft.kind,
        draft.id,
        draft.version,
        updated,
        draft.resource is None,
        draft.patient,
        draft.label,
        draft.content,
    )
    return Written(row, created=before is None or before.deleted)
