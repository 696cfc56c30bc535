"""Tallies: what statistics count of a leg, made from its history and held against it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Min, Q, QuerySet

from consortium.choices import OrganisationKind
from kernel import audit
from kernel.actor import Actor
from kernel.database import prepared
from referral.choices import MARKS, TERMINAL, Direction
from referral.engine import icd10
from referral.models import HistoryEntry, Referral, Tally
from referral.policies import REFERRAL

MOMENTS: Final = {
    **{name: Min("happened_at", filter=Q(event__in=events)) for name, events in MARKS.items()},
    "ended_at": Min("happened_at", filter=Q(after__in=TERMINAL)),
}
FIELDS: Final = [field for field in Tally._meta.concrete_fields if not field.generated]
COLUMNS: Final = [field.attname for field in FIELDS]
AT_ONCE: Final = 2000
Moments = Mapping[str, datetime | None]


def count(referral: Referral, *, outside: bool) -> None:
    """Make the tally of one leg from its history, in one statement; part of every step's transaction.

    `outside`: the leg goes to a hospital outside.
    """
    tally = tally_of(referral, {}, outside=outside)
    with prepared.cursor() as cursor:
        cursor.execute(COUNT, [*(getattr(tally, name) for name in SAID), referral.pk])


def _from_history(moment: str) -> str:
    """The aggregate of one moment, as `MOMENTS` says it."""
    if moment == "ended_at":
        return f"min(happened_at) FILTER (WHERE after IN ({_list(TERMINAL)}))"
    return f"min(happened_at) FILTER (WHERE event IN ({_list(MARKS[moment])}))"


def _list(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(str(one.value) for one in words))  # type: ignore[attr-defined]  # members of our own enums


def _cast(column: str) -> str:
    return "uuid" if column.endswith("_id") else "bool" if column in WAYS else "text"


WAYS: Final = ("outside", "inbound", "goes_on")
SAID: Final = [name for name in COLUMNS if name not in MOMENTS]
"""Columns the leg itself tells; the others are told by its history."""
ANEW: Final = f"""ON CONFLICT (referral_id) DO UPDATE
SET {", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS if name != "referral_id")}
"""
COUNT: Final = f"""
INSERT INTO referral_tally ({", ".join([*SAID, *MOMENTS])})
SELECT {", ".join(f"%s::{_cast(name)}" for name in SAID)}, {", ".join(map(_from_history, MOMENTS))}
FROM referral_historyentry WHERE referral_id = %s
{ANEW}"""  # noqa: S608 - names of our own columns and enums only
WRITE: Final = f"""
INSERT INTO referral_tally ({", ".join(COLUMNS)})
SELECT {", ".join(COLUMNS)} FROM jsonb_populate_recordset(NULL::referral_tally, %s::jsonb)
{ANEW}"""  # noqa: S608 - as above
READ: Final = (
    "status", "direction", "source_id", "target__kind", "department_id", "source_department_id", "doctor_id",
    "diagnosis_code", "reject_code", "no_plan", "parent__direction", "parent__target_id",
)  # fmt: skip
"""What a tally is made of beside the history."""


def tally_of(referral: Referral, moments: Moments, *, outside: bool | None = None) -> Tally:
    """The tally of a leg whose history has these moments."""
    lower_sends = referral.direction != Direction.DOWN
    return Tally(
        referral=referral,
        status=referral.status,
        direction=referral.direction,
        source_id=referral.source_id,
        target_id=referral.target_id,
        branch_id=referral.source_id if lower_sends else referral.target_id,
        ward_id=referral.department_id if lower_sends else referral.source_department_id,
        doctor_id=referral.doctor_id,
        chapter=icd10.chapter_of(referral.diagnosis_code),
        block=icd10.block_of(referral.diagnosis_code),
        outside=referral.target.kind == OrganisationKind.OUTSIDE if outside is None else outside,
        inbound=referral.doctor_id is None,  # only a hospital outside sends without a doctor of ours
        goes_on=goes_on(referral),
        reject_code=referral.reject_code,
        no_plan=referral.no_plan,
        **{name: moments.get(name) for name in MOMENTS},
    )


def goes_on(referral: Referral) -> bool:
    """Whether the leg takes one onward that went up to its sender before (refer_onward): one way, counted once."""
    parent = referral.parent
    return (
        parent is not None and parent.direction != Direction.DOWN and parent.target_id == referral.source_id
    )


def _write(tallies: Iterable[Tally]) -> None:
    """Many of them in one statement."""
    lines = [{name: getattr(tally, name) for name in COLUMNS} for tally in tallies]
    with prepared.cursor() as cursor:
        cursor.execute(WRITE, [orjson.dumps(lines).decode()])


def made_again(legs: QuerySet[Referral]) -> Iterator[Tally]:
    """The tallies of these legs as their histories tell them now; two statements for each lot."""
    pks = list(legs.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), AT_ONCE):
        lot = Referral.objects.select_related("target", "parent").only(*READ)
        entries = HistoryEntry.objects.filter(referral__in=pks[start : start + AT_ONCE]).order_by()
        rows = entries.values("referral").annotate(**MOMENTS)
        moments: dict[UUID, Any] = {row["referral"]: row for row in rows}
        some = lot.filter(pk__in=pks[start : start + AT_ONCE])
        yield from (tally_of(leg, moments.get(leg.pk, {})) for leg in some)


@transaction.atomic
def recount(*, by: Actor) -> int:
    """Make every tally again from the histories; how many. For the house, after an upgrade or a found difference."""
    number, lot = 0, list[Tally]()
    for tally in made_again(REFERRAL.rows(by, "notify")):
        lot.append(tally)
        if len(lot) == AT_ONCE:
            _write(lot)
            number, lot = number + len(lot), []
    _write(lot)
    audit.record(by=by, action="referral.recounted", detail={"legs": number + len(lot)})
    return number + len(lot)


def differs(kept: Tally | None, made: Tally) -> dict[str, Any]:
    """What of a kept tally is not as its history tells it: column → what stands there."""
    if kept is None:
        return {"missing": True}
    return {name: getattr(kept, name) for name in COLUMNS if getattr(kept, name) != getattr(made, name)}
