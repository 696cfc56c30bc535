"""The live directory: where a patient can go, what is free there, how soon one hears and comes.

Beds and slots are those of the bed board (`emr.capacity.selectors.standing`), so the two never disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from emr.capacity import selectors as capacity
from emr.capacity.choices import PoolKind
from emr.capacity.selectors import Told, Ward
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from referral.policies import REFERRAL
from referral.selectors.house.relations import targets_of

PACE_DAYS: Final = 90
"""Medians are of legs submitted in so many days."""
PACE_KEPT: Final = 600
"""Seconds the medians are kept: they move slowly, and every open page asks for them each minute."""
SLOTS_SHOWN: Final = 6

Pace = tuple[timedelta | None, timedelta | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One department one can refer to; `department_id` is None for an institution without departments here.

    `free`: beds that can be kept now, None where no bed is known. `decided_in`, `arrived_in`: medians of the last
    90 days from submitting to the answer, and from the answer to the arrival.
    """

    organisation_id: UUID
    organisation: str
    kind: str
    department_id: UUID | None
    department: str
    services: str
    telephone: str
    ward: Ward | None
    decided_in: timedelta | None
    arrived_in: timedelta | None

    @property
    def value(self) -> str:
        """The choice of a form: "organisation:department"."""
        return f"{self.organisation_id}:{self.department_id or ''}"

    @property
    def outside(self) -> bool:
        """Whether the institution stands outside the county: nothing is known of its beds."""
        return self.kind == OrganisationKind.OUTSIDE

    @property
    def free(self) -> int | None:
        return self.ward.free if self.ward is not None and self.ward.total else None

    @property
    def counts(self) -> tuple[Told, ...]:
        """Beds by 男, 女, 加床 where the ward tells numbers."""
        return self.ward.counts if self.ward else ()

    @property
    def extra(self) -> int:
        """Free extra beds among `free` (加床)."""
        named = [bed for bed in (self.ward.beds if self.ward else ()) if not bed.use and bed.kind == "extra"]
        return len(named) + sum(one.free for one in self.counts if one.kind == PoolKind.EXTRA)

    @property
    def slots(self) -> tuple[Told, ...]:
        """The next half days of the clinic with a slot left."""
        return tuple(one for one in (self.ward.slots if self.ward else ()) if one.free)[:SLOTS_SHOWN]

    @property
    def told_at(self) -> datetime | None:
        """How old the number of beds is; None where it is counted at this moment."""
        return self.ward.told_at if self.ward else None

    @property
    def fresh(self) -> bool:
        """Whether the number may be shown in the colour of "free"."""
        return self.ward is not None and self.ward.fresh

    @property
    def stale(self) -> bool:
        """Whether the number is older than 12 hours."""
        return self.ward is not None and self.ward.stale


def first_choice(found: list[Entry]) -> list[Entry]:
    """Where nearly everybody is referred: the county's own hospital; from there, the hospitals outside."""
    for kind in (OrganisationKind.HEAD_HOSPITAL, OrganisationKind.OUTSIDE):
        if chosen := [one for one in found if one.kind == kind]:
            return chosen
    return found


def directory(*, by: Actor, words: str = "") -> list[Entry]:
    """Where the actor's institution may refer to, in the hospitals' own order; `words` narrow it by name and service.

    Raises Refused (403) for posts that have no business with referrals.
    """
    REFERRAL.ask(by, "view")
    found = entries(targets_of(by.place))
    asked = words.strip()
    return [one for one in found if asked in f"{one.organisation} {one.department} {one.services}"]


def own(*, by: Actor) -> list[Entry]:
    """The actor's own institution as others see it in the directory."""
    REFERRAL.ask(by, "view")
    return entries([consortium.organisation(by.place)])


def entries(organisations: Iterable[Any]) -> list[Entry]:
    """The departments of these institutions that take patients, four statements in all."""
    places = list(organisations)
    departments = consortium.departments_of_all([one.pk for one in places])
    wards = {ward.department_id: ward for ward in capacity.standing(departments)}
    paces = pace()
    by_place: dict[UUID, list[Any]] = {}
    for one in departments:
        by_place.setdefault(one.organisation_id, []).append(one)
    return [
        _entry(place, one, wards, paces)
        for place in places
        for one in _taking(by_place.get(place.pk, []), wards) or [None]
    ]


def _taking(departments: list[Any], wards: dict[UUID, Ward]) -> list[Any]:
    """Departments with a place or a service of their own; where none says so, all of them."""
    known = [one for one in departments if one.services or one.pk in wards]
    return known or departments


def _entry(
    place: Any,
    department: Any,
    wards: dict[UUID, Ward],
    paces: dict[tuple[UUID, UUID | None], Pace],
) -> Entry:
    pk = department.pk if department else None
    decided, arrived = paces.get((place.pk, pk), (None, None))
    return Entry(
        organisation_id=place.pk,
        organisation=place.short_name,
        kind=place.kind,
        department_id=pk,
        department=department.name if department else "",
        services=department.services if department else "",
        telephone=(department.telephone if department else "") or place.telephone,
        ward=wards.get(pk) if pk else None,
        decided_in=decided,
        arrived_in=arrived,
    )


_PACE: Final = """
    SELECT r.target_id, r.department_id,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.decided_at - r.submitted_at)),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.arrived_at - d.decided_at))
             FILTER (WHERE r.arrived_at >= d.decided_at)
    FROM referral_referral r
    JOIN LATERAL (SELECT min(h.happened_at) AS decided_at FROM referral_historyentry h
                  WHERE h.referral_id = r.id AND h.event IN ('accept', 'reject', 'advise', 'redirect')) d
      ON d.decided_at >= r.submitted_at
    WHERE r.submitted_at >= %s
    GROUP BY r.target_id, r.department_id"""


def pace() -> dict[tuple[UUID, UUID | None], Pace]:
    """Medians of the last 90 days by institution and department: to the answer, from the answer to the arrival."""
    kept: dict[tuple[UUID, UUID | None], Pace] | None = cache.get("referral.pace")
    if kept is None:
        with connection.cursor() as cursor:
            cursor.execute(_PACE, [clock.now() - timedelta(days=PACE_DAYS)])
            rows = cursor.fetchall()
        kept = {(place, ward): (_span(decided), _span(arrived)) for place, ward, decided, arrived in rows}
        cache.set("referral.pace", kept, PACE_KEPT)
    return kept


def _span(seconds: Any) -> timedelta | None:
    """To the minute: half a minute of a median says nothing."""
    return timedelta(minutes=max(1, round(float(seconds) / 60))) if seconds is not None else None


def free_text(entry: Entry) -> Text:
    """Free beds in a word for a list of choices: "3", "男 1 · 女 2 · 加床 1", or nothing where none is known."""
    if entry.counts:
        return " · ".join(f"{one.kind_text} {one.free}" for one in entry.counts)
    return "" if entry.free is None else str(entry.free)
