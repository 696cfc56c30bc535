"""A transaction bundle: every entry or none, in a fixed number of statements however many entries it has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from emr.repository import policies
from emr.repository.choices import GATED_KINDS, KINDS, Interaction
from emr.repository.engine.bundle import BadBundle, Entry, rewritten
from emr.repository.engine.extract import patient_of
from emr.repository.engine.query import parse
from emr.repository.selectors import Row
from emr.repository.services import checks, labelling, store
from emr.repository.services.drafts import Draft
from emr.repository.services.places import demand_places
from emr.repository.services.traces import trace
from emr.repository.services.writing import (
    Written,
    demand_own,
    demand_patients,
    demand_version,
    draft_of,
    follow,
    only_match,
    through_gate,
    tombstone,
)
from kernel import ids
from kernel.actor import Actor
from kernel.errors import Invalid, OutOfReach

INTERACTIONS = {"POST": Interaction.CREATE, "PUT": Interaction.UPDATE, "DELETE": Interaction.DELETE}


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one entry."""

    status: int
    kind: str
    id: str
    version: int
    updated: datetime | None = None
    content: bytes = b""


@dataclass(slots=True)
class _Work:
    """A transaction being prepared: answers so far by place, temporary addresses, rows to write."""

    by: Actor
    replies: dict[int, Reply] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    targets: dict[int, tuple[str, str]] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)


@transaction.atomic
def transact(*, by: Actor, entries: Sequence[Entry], versions: dict[int, int]) -> list[Reply]:
    """Carry out the writes of a transaction; answers in the order of `entries`.

    `versions` are the If-Match versions by place. Raises what the single interactions raise, and BadBundle; then
    nothing of the bundle stands.
    """
    work = _Work(by)
    for entry in entries:
        _admit(by, entry)
    for entry in entries:
        _aim(work, entry)
    for entry in sorted(entries, key=lambda entry: entry.kind not in GATED_KINDS):
        _settle(work, entry)
    present = _prepare(work, entries, versions)
    if work.drafts:
        drafts = list(work.drafts.values())
        demand_patients(by, (patient_of(d.kind, dict(d.resource)) for d in drafts if d.resource is not None))
        updated = store.write(drafts, present)
        demand_places(drafts)
        labelling.pass_on(by=by, drafts=drafts)
        trace(by=by, action="repository.bundle_written", drafts=drafts)
        for place, draft in work.drafts.items():
            work.replies[place] = _reply(draft, updated, present.get((draft.kind, draft.id)))
    return [work.replies[entry.place] for entry in entries]


def _admit(by: Actor, entry: Entry) -> None:
    if entry.kind not in KINDS:
        raise BadBundle(
            "entry %(place)d: %(kind)s is not stored here", place=entry.place, kind=entry.kind[:64]
        )
    policies.ask(by, INTERACTIONS[entry.method], entry.kind)


def _aim(work: _Work, entry: Entry) -> None:
    """Where the entry will stand: its own id, the match of its condition, or a new id of ours."""
    found = only_match(work.by, parse(entry.kind, entry.condition)) if entry.condition else None
    if entry.method == "POST" and found is not None:
        work.replies[entry.place] = _standing(found)
    if found is None and entry.condition and entry.method == "DELETE":
        raise OutOfReach(_("Nothing fits the condition of entry %(place)s.") % {"place": entry.place})
    id_ = found.id if found is not None else entry.id if entry.method != "POST" else ""
    id_ = id_ or str(ids.uuid7())
    work.targets[entry.place] = (entry.kind, id_)
    gated_new = entry.kind in GATED_KINDS and entry.method == "POST" and found is None
    if entry.full_url and not gated_new:
        work.known[entry.full_url] = f"{entry.kind}/{id_}"


def _standing(row: Row) -> Reply:
    return Reply(200, row.kind, row.id, row.version, row.updated, row.content)


def _settle(work: _Work, entry: Entry) -> None:
    """Rewrite and check one resource; kinds of another room go through their gate first, for their id."""
    if entry.resource is None or entry.place in work.replies:
        return
    rewritten(entry.resource, work.known)
    checks.demand(entry.resource)
    if entry.kind in GATED_KINDS:
        id_ = work.targets[entry.place][1] if entry.method == "PUT" else None
        written = through_gate(work.by, entry.resource, id_)
        work.known[entry.full_url] = f"{entry.kind}/{written.row.id}"
        work.replies[entry.place] = _of(written)


def _of(written: Written) -> Reply:
    row = written.row
    return Reply(201 if written.created else 200, row.kind, row.id, row.version, row.updated, row.content)


def _prepare(
    work: _Work, entries: Sequence[Entry], versions: dict[int, int]
) -> dict[store.Key, store.Current]:
    """Lock what is there and make the rows to write. One statement."""
    open_ = [entry for entry in entries if entry.place not in work.replies]
    keys = [work.targets[entry.place] for entry in open_]
    if len(set(keys)) != len(keys):
        raise BadBundle("two entries write the same resource")
    present = store.lock([key for entry, key in zip(open_, keys, strict=True) if entry.method != "POST"])
    for entry, key in zip(open_, keys, strict=True):
        demand_version(present.get(key), versions.get(entry.place))
        made = (
            _deleted(work, entry, present.get(key))
            if entry.method == "DELETE"
            else _stored(work, entry, key, present)
        )
        if made is not None:
            work.drafts[entry.place] = made
    return {key: row for key, row in present.items() if key in {(d.kind, d.id) for d in work.drafts.values()}}


def _stored(work: _Work, entry: Entry, key: store.Key, present: dict[store.Key, store.Current]) -> Draft:
    resource: dict[str, Any] = entry.resource or {}
    if entry.method == "PUT" and resource.get("id", key[1]) != key[1]:
        raise Invalid(_("Type and id of the resource are not those of the address."), code="id_differs")
    draft = draft_of(work.by, resource, key[1])
    if key in present:
        follow(work.by, draft, present[key])
    return draft


def _deleted(work: _Work, entry: Entry, present: store.Current | None) -> Draft | None:
    if present is None:
        raise OutOfReach(detail={"pk": f"{entry.kind}/{entry.id}"})
    demand_own(work.by, present)
    if present.deleted:
        work.replies[entry.place] = Reply(204, present.kind, present.id, present.version)
        return None
    return tombstone(present)


def _reply(draft: Draft, updated: datetime, before: store.Current | None) -> Reply:
    if draft.resource is None:
        return Reply(204, draft.kind, draft.id, draft.version, updated)
    status = 201 if before is None or before.deleted else 200
    return Reply(status, draft.kind, draft.id, draft.version, updated, draft.content)
