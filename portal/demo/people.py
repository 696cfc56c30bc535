"""The people of the demo county: enrolled with their past visits, insured, and found for the stories."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from consortium import selectors as consortium
from consortium.choices import OrganisationKind, Role
from emr.chart import services as chart
from fixtures.demo.guifang import guifang
from fixtures.demo.insured import insured
from fixtures.people import Made, people
from kernel import clock
from kernel.actor import Actor
from portal.demo.cast import Cast

WEIGHTS: Final = {
    OrganisationKind.HEAD_HOSPITAL: 8,
    OrganisationKind.BRANCH: 4,
    OrganisationKind.VILLAGE_CLINIC: 1,
}
"""How many of the county's shares of people each institution has."""
HOME: Final = "柳溪镇分院"


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody of the county with her record's id and the institution that keeps it."""

    id: UUID
    home: UUID
    made: Made


def homes(cast: Cast) -> list[chart.Place]:
    """Where people are enrolled, each institution as often as its weight; with the doctor who has seen them."""
    found: list[chart.Place] = []
    for place in consortium.all_organisations():
        doctors = cast.all(Role.BRANCH_DOCTOR, place.pk) or cast.all(Role.SPECIALIST, place.pk)
        for share in range(WEIGHTS.get(OrganisationKind(place.kind), 0)):
            doctor = doctors[share % len(doctors)]
            found.append(chart.Place(place.pk, place.short_name, doctor.id, doctor.display))
    return found


def load(*, by: Actor, cast: Cast, count: int, seed: int) -> list[Resident]:
    """Enrol `count` people with their visits, the story's person first."""
    places, today = homes(cast), clock.today()
    addresses = {one.pk: one.address or one.name for one in consortium.all_organisations()}
    home = next(number for number, place in enumerate(places) if place.name == HOME)
    others = people(count - 1, seed=seed, places=[addresses[place.id] for place in places], today=today)
    everybody = [guifang(home, today), *others]
    ids = chart.load_people(by=by, people=everybody, places=places)
    return [Resident(pk, places[made.place].id, made) for pk, made in zip(ids, everybody, strict=True)]


def insure(residents: Sequence[Resident], *, target: Path, seed: int) -> int:
    """Lay the insured people ready for the insurance centre's simulator; how many lines."""
    made = [one.made for one in residents]
    lines = [
        json.dumps(person, ensure_ascii=False)
        for person in insured(made, always=[made[0].id_number], today=clock.today(), seed=seed)
    ]
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private(target, "\n".join(lines) + "\n")
    return len(lines)


def private(path: Path, text: str) -> None:
    """Write a file only its owner reads, whole or not at all."""
    draft = path.with_name(f".{path.name}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


class Pool:
    """People of the branches from whom each story takes one who fits, each at most once."""

    def __init__(self, residents: Sequence[Resident], cast: Cast) -> None:
        self.cast, self.today = cast, clock.today()
        homes_ = {branch.pk for branch in cast.branches}
        self.free: dict[UUID, list[Resident]] = {branch.pk: [] for branch in cast.branches}
        for one in residents[1:]:
            if one.home in homes_ and one.made.id_kind == "resident":
                self.free[one.home].append(one)

    def take(self, branch: int, *, sex: str = "", ages: tuple[int, int] = (16, 95)) -> Resident | None:
        """One who fits, of this branch or of the next that has one; failing that, of any age and sex."""
        order = [
            self.cast.branches[(branch + step) % len(self.cast.branches)].pk for step in range(len(self.free))
        ]
        for wanted_sex, low, high in ((sex, *ages), (sex, 16, 95), ("", 0, 120)):
            for home in order:
                for one in self.free[home]:
                    if wanted_sex in ("", one.made.sex) and low <= self.age(one) <= high:
                        self.free[home].remove(one)
                        return one
        return None

    def age(self, one: Resident) -> int:
        return (self.today - one.made.birth_date).days // 365
