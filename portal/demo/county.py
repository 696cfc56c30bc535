"""The whole demo county, into an empty platform: all of it or nothing."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from consortium import selectors as consortium
from consortium import services as consortium_services
from fixtures.demo import script
from fixtures.demo.outside import INTO_HOURS, OUT
from fixtures.demo.reports import BLOCK
from fixtures.demo.script import ExamPlan
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Refused
from kernel.simulator.beside import Beside
from portal.demo import catalogues, desks, exams, outside, people, places, prescribing, referrals
from portal.demo.cast import Cast
from portal.demo.diary import Diary
from portal.demo.exams import Stage
from portal.demo.people import Pool, Resident, private

FIXTURES: Final = Path(settings.BASE_DIR) / "fixtures"
FULL: Final = 2000
"""People at which every story is told in full number; fewer people, fewer stories."""
SEED: Final = 2026
WARDS: Final = (
    ("card", 6),
    ("neur", 5),
    ("resp", 5),
    ("gast", 3),
    ("surg", 4),
    ("orth", 5),
    ("obgy", 4),
    ("icu", 4),
)
"""Departments with people who came without a referral, and how many lie there."""
PAYERS: Final = 12


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, in numbers."""

    accounts: int
    residents: int
    insured: int
    steps: int
    payers: tuple[Resident, ...] = ()
    """People of the head hospital whose bills may be settled once the county stands (`portal.demo.money`)."""


def load(*, by: Actor, count: int = FULL, seed: int = SEED, folder: Path | None = None) -> Loaded:
    """Load the county with `count` people and write credentials and insured people into the data `folder`.

    One transaction: what fails leaves nothing behind. Raises Refused (403) outside the demo mode of an embedded
    installation, Conflict (409) when an organisation or an account is there already.
    """
    target = folder or Path(settings.DATA_DIR)
    if not (settings.DEMO and settings.EMBEDDED):
        raise Refused(_("The demo county is loaded in demo mode only."), code="not_a_demo")
    keys = target / "demo" / "credentials.json"
    draft = keys.with_suffix(".draft")
    if consortium.all_organisations():
        if draft.exists():  # an earlier load was killed between its commit and the last line here
            draft.replace(keys)
            return Loaded(0, 0, 0, 0)
        raise Conflict(_("The demo county is loaded into an empty platform only."), code="not_empty")
    with override(settings.LANGUAGE_CODE), transaction.atomic(), _in_one_piece():
        made = consortium_services.load_county(by=by, source=FIXTURES / "county")
        catalogues.load(by=by, source=FIXTURES / "catalogue")
        lists = [one.pk for one in consortium.branches()][:-1]  # one branch keeps none: its drugs are unknown
        catalogues.list_drugs(by=by, source=FIXTURES / "catalogue", organisations=lists)
        cast = Cast()
        residents = people.load(by=by, cast=cast, count=count, seed=seed)
        places.tell(by=by, cast=cast)
        steps, payers = _tell(by, cast, residents, seed)
        insured = people.insure(residents, target=target / "insurance" / "persons.jsonl", seed=seed)
        keys.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private(draft, json.dumps(asdict(made), ensure_ascii=False, indent=1))
    draft.replace(keys)
    return Loaded(len(made.staff), len(residents), insured, steps, payers)


@contextmanager
def _in_one_piece() -> Iterator[None]:
    """How this one transaction differs from those of people, whose tables it fills.

    No verb gets a savepoint of its own: what fails ends the load. Rows are found by their indexes: fresh tables have
    no statistics yet, and without them the planner reads whole tables for three rows. Nobody is signed in who could
    be called, and every event has been delivered: what may fail after the commit (pushes, wake-ups) is left out.
    """
    features, own = connection.features, cast(Any, connection)
    with connection.cursor() as cursor:
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    features.uses_savepoints = False
    try:
        yield
        own.run_on_commit = [call for call in own.run_on_commit if not call[2]]
    finally:
        features.uses_savepoints = True


def _tell(by: Actor, cast: Cast, residents: list[Resident], seed: int) -> tuple[int, tuple[Resident, ...]]:
    """All stories; how many steps they took, and who of the head hospital is in none of them."""
    diary, pool = Diary(clock.now()), Pool(residents, cast)
    scale = min(1.0, len(residents) / FULL)
    with tempfile.TemporaryDirectory(prefix="lianyi-demo-") as spool:
        stage = Stage(cast, Path(spool), by)
        desks.guides(stage)
        _legs(diary, stage, pool, seed, scale)
        _exams(diary, stage, pool, seed, scale)
        _sheets(diary, stage, pool, residents)
        payers = _desks(diary, stage, pool, residents, scale)
        with Beside(outside.MODULE, Path(spool)) as hospital:
            line = outside.Line(stage, hospital)
            _outside(diary, line, pool)
            steps = diary.tell()
            line.set(active=False)
        return steps, payers


def _legs(diary: Diary, stage: Stage, pool: Pool, seed: int, scale: float) -> None:
    for plan in script.legs(len(stage.cast.branches), seed=seed, scale=scale):
        if found := pool.take(plan.branch, sex=plan.case.sex, ages=plan.case.ages):
            diary.add(referrals.told(stage, plan, found), hours=plan.hours)


def _outside(diary: Diary, line: outside.Line, pool: Pool) -> None:
    for number, plan in enumerate(OUT):
        if found := pool.take(number, ages=(45, 80)):
            diary.add(outside.out(line, plan, found), hours=plan.hours)
    if found := pool.take(len(OUT), ages=(45, 80)):
        diary.add(outside.into(line, found.made), hours=INTO_HOURS)


def _exams(diary: Diary, stage: Stage, pool: Pool, seed: int, scale: float) -> None:
    """The exams of the script, and the one whose critical value nobody has read back yet."""
    first = ExamPlan("ECG12", "preliminary", 0.6, 0, "emergency", 0, BLOCK)
    if (found := pool.take(0, ages=(55, 90))) is not None:
        diary.add(exams.told(stage, first, found), hours=first.hours)
    for plan in script.exams(len(stage.cast.branches), seed=seed, scale=scale):
        if found := pool.take(plan.branch, ages=(18, 85)):
            diary.add(exams.told(stage, plan, found), hours=plan.hours)


def _sheets(diary: Diary, stage: Stage, pool: Pool, residents: list[Resident]) -> None:
    """Prescriptions: the story's person's, and others of branches that keep a drug list."""
    for number, (*_words, hours) in enumerate(prescribing.SHEETS):
        found = residents[0] if number == 0 else pool.take(number, ages=(45, 80))
        if found is not None:
            diary.add(prescribing.told(stage, number, found), hours=hours)
    own = _of(residents, stage.cast.head.pk)
    if (found := next(own, None)) is not None:
        diary.add(prescribing.waiting(stage, found, days=2, why=prescribing.LATE), hours=0.4)
    if (found := next(own, None)) is not None:
        diary.add(prescribing.waiting(stage, found), hours=28)


def _desks(
    diary: Diary, stage: Stage, pool: Pool, residents: list[Resident], scale: float
) -> tuple[Resident, ...]:
    own = _of(residents, stage.cast.head.pk)
    for turn in range(script.some(8, scale)):
        if (found := next(own, None)) is not None:
            diary.add(desks.bill(stage, found, turn), hours=2 + turn * 1.7)
    for department, number in WARDS:
        lying = [one for _number, one in zip(range(script.some(number, scale)), own, strict=False)]
        diary.add(desks.ward(stage, department, lying), hours=60)
    if (found := pool.take(5)) is not None:
        diary.add(desks.glass(stage, found), hours=5)
    if (found := pool.take(0)) is not None:
        diary.add(desks.unknown_ecg(stage, desks.stranger(found)), hours=1.1)
        diary.add(desks.unknown_study(stage, desks.stranger(found)), hours=1.4)
    return tuple(islice(own, PAYERS))


def _of(residents: list[Resident], home: UUID) -> Iterator[Resident]:
    """Adults with an identity card whom an institution has enrolled."""
    year = clock.today().year
    return (
        one
        for one in residents
        if one.home == home and one.made.id_kind == "resident" and year - one.made.birth_date.year >= 20
    )
