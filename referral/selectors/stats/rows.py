"""Exactly the legs that a number counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet

from consortium import selectors as consortium
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.errors import Text
from referral.choices import INDICATORS, Indicator, Status, Unit
from referral.engine import icd10
from referral.models import Tally
from referral.policies import FIGURES, READERS, REFERRAL
from referral.selectors.stats.conditions import condition
from referral.selectors.stats.cuts import took
from referral.selectors.stats.measuring import rows
from referral.selectors.stats.page import Asked

PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Leg:
    """One counted leg. `card` and the diagnosis in words only where the reader may open the leg itself."""

    tally: Tally
    number: str
    card: PatientCard | None
    opens: bool
    source: str
    target: str
    ward: str
    doctor: str
    disease: str
    state: Text
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the legs behind a number: `number` is the number itself."""

    indicator: Indicator
    of_whole: bool
    number: int
    legs: Sequence[Leg]
    start: int

    @property
    def first(self) -> int:
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.legs)


def counted_rows(*, by: Actor, code: str, asked: Asked, of_whole: bool = False, page: int = 1) -> Rows:
    """The legs that `code` counts (its part), or those it is taken of; in a fixed number of statements."""
    indicator = INDICATORS[code]
    of_whole = of_whole and bool(indicator.whole)
    found = legs_behind(by=by, code=code, asked=asked, of_whole=of_whole)
    start = (page - 1) * PAGE
    tallies = list(found.select_related("referral")[start : start + PAGE])
    return Rows(indicator, of_whole, found.count(), _legs(by, tallies), start)


def legs_behind(*, by: Actor, code: str, asked: Asked, of_whole: bool) -> QuerySet[Tally]:
    """The tallies behind a number, the longest first where a time is measured, else the newest."""
    indicator = INDICATORS[code]
    name = indicator.whole if of_whole else indicator.part
    found = rows(by, indicator.basis, asked.span, **asked.narrowed).filter(condition(name))
    if indicator.unit == Unit.SPAN:
        return found.annotate(took=took(indicator)).order_by("-took", "pk")
    return found.order_by(F("sent_at").desc(), "pk")


def _legs(by: Actor, tallies: Sequence[Tally]) -> list[Leg]:
    opened = _opened(by, [tally.pk for tally in tallies])
    cards = index.cards(by=by, patient_ids=[one.referral.patient_id for one in tallies if one.pk in opened])
    places = consortium.organisation_names([pk for one in tallies for pk in (one.source_id, one.target_id)])
    wards = consortium.department_names([one.ward_id for one in tallies])
    doctors = consortium.names([one.doctor_id for one in tallies])
    names: Mapping[Any, str] = {**places, **wards, **doctors}
    return [
        Leg(
            tally=one,
            number=one.referral.number,
            card=cards.get(one.referral.patient_id) if one.pk in opened else None,
            opens=one.pk in opened,
            source=names.get(one.source_id, ""),
            target=names.get(one.target_id, ""),
            ward=names.get(one.ward_id, ""),
            doctor=names.get(one.doctor_id, ""),
            disease=_disease(by, one, opened),
            state=Status(one.status).label,
            took=getattr(one, "took", None),
        )
        for one in tallies
    ]


def _disease(by: Actor, one: Tally, opened: set[UUID]) -> str:
    """In words where the leg is open; the group for who counts the county; else, a protected leg, nothing."""
    if one.pk in opened:
        return one.referral.diagnosis
    return icd10.name_of(one.block) if FIGURES.allows(by, "export") else ""


def _opened(by: Actor, pks: Sequence[UUID]) -> set[UUID]:
    """Of these legs, those the reader may open; for who counts without names, none."""
    if not by.has(*READERS):
        return set()
    return set(REFERRAL.rows(by, "view").filter(pk__in=pks).values_list("pk", flat=True))
