"""What a step must know beside the leg's own row, read once: its last entry, what hangs on it, its place, its names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from consortium import selectors as consortium
from consortium.selectors import Known
from emr.capacity import selectors as capacity
from kernel.actor import Actor
from kernel.database import prepared
from referral.choices import Status
from referral.fhir import Span
from referral.models import Attachment, PlanItem, Referral

HANGS: Final = """
SELECT e.happened_at, e.facts::text,
       EXISTS (SELECT 1 FROM referral_planitem p WHERE p.referral_id = leg.id),
       o.status, o.source_id
FROM (SELECT %s::uuid AS id, %s::uuid AS parent_id) leg
LEFT JOIN LATERAL (
    SELECT h.happened_at, h.facts FROM referral_historyentry h WHERE h.referral_id = leg.id
    ORDER BY h.version DESC LIMIT 1) e ON true
LEFT JOIN referral_referral o ON o.id = leg.parent_id
"""


def source_of(referral: Referral) -> str:
    """Name of the leg's access ground and of its bed."""
    return f"referral:{referral.pk}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a leg stands when a step is taken: `last_at` and `facts` of its last entry, `kept` the time of its place,
    `replaces` whether it takes the place of one that was passed on."""

    last_at: datetime | None
    facts: Mapping[str, Any]
    attachments: list[Attachment]
    plan: list[PlanItem]
    replaces: bool
    kept: tuple[datetime, datetime | None] | None
    known: Mapping[UUID, Known]

    @property
    def names(self) -> dict[Any, str]:
        return names_of(self.known)


def standing_of(referral: Referral, by: Actor | None = None) -> Standing:
    """How the leg stands now; with the names of who acts. Four statements, one more with a plan."""
    with prepared.cursor() as cursor:
        cursor.execute(HANGS, [referral.pk, referral.parent_id])
        last_at, facts, planned, before, sender = cursor.fetchone()
    return Standing(
        last_at=last_at,
        facts=orjson.loads(facts) if facts else {},
        attachments=attachments_of(referral),
        plan=list(referral.plan.order_by("place")) if planned else [],
        # Passed on by the receiver the leg has the same sender; else it follows from the earlier one.
        replaces=before == Status.REDIRECTED and sender == referral.source_id,
        kept=capacity.span_of(source_of(referral)),
        known=known_of(referral, by),
    )


ATTACHED: Final = """
SELECT id, kind, resource_id, title FROM referral_attachment WHERE referral_id = %s ORDER BY id
"""


def attachments_of(referral: Referral) -> list[Attachment]:
    """What goes along with the leg, in its order."""
    with prepared.cursor() as cursor:
        cursor.execute(ATTACHED, [referral.pk])
        rows = cursor.fetchall()
    return [
        Attachment(id=pk, referral=referral, kind=kind, resource_id=resource, title=title)
        for pk, kind, resource, title in rows
    ]


def names_of(known: Mapping[UUID, Known]) -> dict[Any, str]:
    """The names alone, by id."""
    return {pk: one.name for pk, one in known.items()}


def known_of(referral: Referral, by: Actor | None = None) -> dict[UUID, Known]:
    """Whom and what the leg names, and who acts; one statement."""
    there, who = (by.organisation, by.id) if by else (None, None)
    people = (referral.doctor_id, referral.receiving_doctor_id, referral.accepted_by_id, who)
    return consortium.known(
        organisations=(referral.source_id, referral.target_id, there),
        departments=(referral.department_id,),
        beds=(referral.bed_id,),
        staff=people,
    )


def kept_span(referral: Referral, kept: tuple[datetime, datetime | None] | None) -> Span | None:
    """The time a place is kept, in this step or before it was given back; remembered on the leg."""
    if kept is not None:
        span = (kept[0], kept[1] or kept[0])
        referral.published["kept"] = [one.isoformat() for one in span]
        return span
    if told := referral.published.get("kept"):
        return datetime.fromisoformat(told[0]), datetime.fromisoformat(told[1])
    return None
