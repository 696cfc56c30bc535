"""The consortium office keeps who may refer to whom; forms are held against it."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import DateRange

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from kernel import audit, clock
from kernel.actor import Actor
from kernel.database.clashes import told_as
from kernel.errors import Conflict, Invalid, Refused, Text
from referral.choices import Priority, RelationKind
from referral.models import Referral, Relation
from referral.policies import RELATION
from referral.selectors.house.relations import places, related


@transaction.atomic
def relate(
    *,
    by: Actor,
    source_id: UUID,
    target_id: UUID,
    kind: str,
    since: date | None = None,
    until: date | None = None,
    note: str = "",
) -> Relation:
    """Two institutions refer to one another from `since` (today) up to and without `until`.

    Raises Invalid (422) for the same place twice, an office, or an end before the start; Conflict (409, code
    "related_already") when they are related in that time already.
    """
    _ask_office(by)
    start = since or clock.today()
    _ask_sides(source_id, target_id, kind)
    if until is not None and until <= start:
        raise Invalid(fields={"until": _("The end lies after the beginning.")})
    row = Relation(
        source_id=source_id, target_id=target_id, kind=kind, period=DateRange(start, until, "[)"),
        note=note.strip(), made_by=by.name, made_at=clock.now(),
    )  # fmt: skip
    taken = Conflict(_("These two are related in that time already."), code="related_already")
    with told_as(taken, "relation_once_at_a_time"):
        row.save(force_insert=True)
    audit.record(
        by=by, action="referral.related", subject=row,
        detail={"source": str(source_id), "target": str(target_id), "kind": kind},
    )  # fmt: skip
    return row


@transaction.atomic
def end_relation(*, by: Actor, relation_id: UUID) -> Relation:
    """The relation is over from today on. Legs on their way go on. Raises Conflict (409) when it has ended already."""
    _ask_office(by)
    row = RELATION.fetch(by, "edit", relation_id, lock=True)
    today = clock.today()
    if row.period.isempty or (row.period.upper is not None and row.period.upper <= today):
        raise Conflict(_("This relation has ended already."), code="ended")
    row.period = DateRange(row.period.lower, max(today, row.period.lower), "[)")
    row.ended_by, row.ended_at = by.name, clock.now()
    row.save(update_fields=["period", "ended_by", "ended_at"])
    audit.record(by=by, action="referral.relation_ended", subject=row, detail={"end": today.isoformat()})
    return row


@transaction.atomic
def relate_tree(*, by: Actor, since: date | None = None) -> int:
    """Relations as the tree of the consortium says, from `since` (today) on; how many were made.

    Each institution with the one above and with the head hospital, branches among themselves, the head hospital with
    those outside. What stands already stays.
    """
    RELATION.ask(by, "load")
    today, now = clock.today(), clock.now()
    known = set(Relation.objects.filter(period__contains=today).values_list("source_id", "target_id"))
    wanted = [pair for pair in _tree() if pair[:2] not in known and pair[1::-1] not in known]
    Relation.objects.bulk_create(
        Relation(
            source_id=source, target_id=target, kind=kind, period=DateRange(since or today, None, "[)"),
            made_by=by.name, made_at=now,
        )
        for source, target, kind in wanted
    )  # fmt: skip
    audit.record(by=by, action="referral.tree_related", detail={"relations": len(wanted)})
    return len(wanted)


def _tree() -> Iterable[tuple[UUID, UUID, RelationKind]]:
    head = consortium.head_hospital().pk
    branches = [one for one in consortium.branches() if one.kind == OrganisationKind.BRANCH]
    villages = [one for one in consortium.branches() if one.kind == OrganisationKind.VILLAGE_CLINIC]
    yield from ((one.pk, head, RelationKind.LEVEL) for one in branches)
    for one in villages:
        if one.parent_id is not None and one.parent_id != head:
            yield one.pk, one.parent_id, RelationKind.LEVEL
        yield one.pk, head, RelationKind.LEVEL
    yield from (
        (one.pk, other.pk, RelationKind.PEER)
        for place, one in enumerate(branches)
        for other in branches[place + 1 :]
    )
    yield from ((head, one.pk, RelationKind.OUTSIDE) for one in consortium.outside_organisations())


def _ask_sides(source_id: UUID, target_id: UUID, kind: str) -> None:
    treating = {place.pk for place in places()}
    wrong: dict[str, Text] = {
        name: _("This institution is closed or takes no patients.")
        for name, pk in (("source", source_id), ("target", target_id))
        if pk not in treating
    }
    if source_id == target_id:
        wrong["target"] = _("Choose two different institutions.")
    if kind not in RelationKind.values:
        wrong["kind"] = _("Choose how the two stand to one another.")
    if wrong:
        raise Invalid(fields=wrong)


def _ask_office(by: Actor) -> None:
    """Raise Refused (403) for everybody who does not act at the consortium office itself."""
    RELATION.ask(by, "edit")
    if by.organisation != consortium.consortium_office():
        raise Refused(detail={"action": "edit", "model": "referral.relation"})


def ask_target(referral: Referral, *, through: UUID | None = None, anyway: bool = False) -> None:
    """Hold the target against the directory: open, and related to the sender (or to `through`, who passes it on).

    An emergency goes all the same (`anyway` says so for one on the way) and is marked. A hospital outside the county is
    related like every other one. Raises Invalid (422) at `target`.
    """
    sides = consortium.known(organisations=[referral.source_id, referral.target_id])
    source, target = sides[referral.source_id], sides[referral.target_id]
    if not target.active:
        raise Invalid(fields={"target": _("%(name)s is closed: choose another one.") % {"name": target.name}})
    known = related(referral.source_id)
    fits = known is None or referral.target_id in known
    if not fits and through is not None:
        fits = referral.target_id in (related(through) or set())
    referral.unrelated = not fits
    if not fits and not anyway and referral.priority != Priority.EMERGENCY:
        names = {"source": source.name, "target": target.name}
        raise Invalid(
            fields={
                "target": _(
                    "By the referral relations %(source)s does not refer to %(target)s. Choose another one, or phone "
                    "the consortium office. An emergency goes all the same."
                )
                % names
            }
        )
