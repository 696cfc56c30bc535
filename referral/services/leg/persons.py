"""A leg speaks of a person: she may die, and two records of her may turn out to be one (invariants 4 and 15)."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import services as consortium
from consortium.choices import NoticeLevel
from consortium.services import Recipients
from emr.index import selectors as index
from kernel import audit
from kernel.actor import Actor
from kernel.said import phrase
from referral.choices import TERMINAL, UNSENT, Event
from referral.models import Referral
from referral.policies import REFERRAL
from referral.services.leg.steps import step
from referral.services.news.announcing import desk_of

TWIN = gettext_lazy("%(number)s: another referral of this patient to this department is open")
AGAIN = 5
"""Rounds in which legs that were opened meanwhile are found; nothing opens after the first one has committed."""


@transaction.atomic
def end_for_death(*, by: Actor, person_id: UUID) -> int:
    """The index says that a person has died: no open leg of hers remains anywhere. Answers how many were ended.

    Legs first, then her records: whoever opens a leg holds the record until the leg can be seen here.
    """
    ended = 0
    for _round in range(AGAIN):
        legs = _running(by, person_id)
        for leg in legs:
            step(by, leg, Event.DEATH, words=_("The patient index says that the patient has died."))
        ended += len(legs)
        index.settled(person_id)
        if not legs and not _running(by, person_id):
            break
    audit.record(by=by, action="referral.ended_for_death", detail={"legs": ended})
    return ended


def _running(by: Actor, person_id: UUID) -> list[Referral]:
    rows = REFERRAL.rows(by, Event.DEATH.value).filter(patient__person=person_id).exclude(status__in=TERMINAL)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


@transaction.atomic
def follow_person(*, by: Actor, patient_id: UUID, persons: Iterable[UUID]) -> int:
    """A record points to another person now (merged, or a merge undone): its legs follow, whatever their state.

    Two open legs to one department stay open, both marked: a task for both sides. Answers how many are marked.
    """
    legs = (
        REFERRAL.rows(by, "notify").filter(patient=patient_id).select_for_update(of=("self",)).order_by("pk")
    )
    moved = [leg.pk for leg in legs]
    person_id, _deceased = index.pinned(patient_id)
    doubles = _twins(by, person_id)
    _mark(by, doubles, doubled=True)
    rows = REFERRAL.rows(by, "notify").filter(pk__in=moved)
    rows.filter(pk__in=doubles).update(person=person_id, doubled=True)
    rows.exclude(pk__in=doubles).update(person=person_id)
    for person in {person_id, *persons}:
        clear_twins(by, person)
    audit.record(by=by, action="referral.person_followed", patient=patient_id, detail={"legs": len(moved)})
    return len(doubles)


@transaction.atomic
def close_twins(*, by: Actor, referral_id: UUID) -> None:
    """A leg has ended: another one that was marked because of it may be alone now."""
    leg = REFERRAL.fetch(by, "notify", referral_id)
    if leg.status in TERMINAL and leg.person_id:
        clear_twins(by, leg.person_id)
    audit.record(by=by, action="referral.twins_looked_at", subject=leg, patient=leg.patient_id)


def _open(by: Actor, person_id: UUID) -> QuerySet[Referral]:
    rows = REFERRAL.rows(by, "notify").filter(patient__person=person_id)
    return rows.exclude(status__in=[*TERMINAL, *UNSENT])


def _twins(by: Actor, person_id: UUID) -> list[UUID]:
    """Open legs of a person that are not alone in their department and direction."""
    rows = _open(by, person_id)
    keys = rows.order_by().values("department", "direction").annotate(n=Count("pk")).filter(n__gt=1)
    pairs = {(one["department"], one["direction"]) for one in keys}
    found = rows.order_by("pk").values_list("pk", "department", "direction")
    return [pk for pk, department, direction in found if (department, direction) in pairs]


def clear_twins(by: Actor, person_id: UUID) -> None:
    """Legs that are alone again are marked no more."""
    twins = _twins(by, person_id)
    alone = _open(by, person_id).filter(doubled=True).exclude(pk__in=twins)
    _mark(by, list(alone.order_by("pk").values_list("pk", flat=True)), doubled=False)


def _mark(by: Actor, pks: list[UUID], *, doubled: bool) -> None:
    changed = REFERRAL.rows(by, "notify").filter(pk__in=pks).exclude(doubled=doubled)
    for leg in changed.select_for_update(of=("self",)).order_by("pk"):
        leg.doubled = doubled
        leg.save(update_fields=["doubled"])
        (_tell if doubled else _untell)(by, leg)


def _tell(by: Actor, leg: Referral) -> None:
    for recipients in (Recipients(staff=(leg.doctor_id,) if leg.doctor_id else ()), desk_of(leg)):
        consortium.notify(
            by=by,
            key=_key(leg),
            recipients=recipients,
            level=NoticeLevel.TASK,
            title=phrase(TWIN, number=leg.number),
            url=reverse("referral:detail", args=[leg.pk]),
            patient_id=leg.patient_id,
        )
    audit.record(by=by, action="referral.doubled", subject=leg, patient=leg.patient_id)


def _untell(by: Actor, leg: Referral) -> None:
    consortium.close_notice(by=by, key=_key(leg))
    audit.record(by=by, action="referral.single_again", subject=leg, patient=leg.patient_id)


def _key(leg: Referral) -> str:
    return f"referral.doubled:{leg.pk}"
