"""The table of criteria in force, and what it says of a patient: from the record, and from what the doctor answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from emr.access import selectors as access
from emr.chart import selectors as chart
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel import clock, guarded
from kernel.actor import Actor
from kernel.errors import OutOfReach, Refused, Text
from referral.choices import FRESH, TONE, Event, FactSource, Priority, Suggestion
from referral.engine import criteria
from referral.engine.criteria import Fact, Table
from referral.models import CriteriaTable
from referral.policies import CRITERIA, REFERRAL
from referral.selectors.criteria.judgement import Judgement, Known, known, told

Answers = Mapping[str, str]
"""What the doctor ticks and types: the fact's name and what stands in its field."""
NUMBER: Final = _("%(title)s: a number from %(low)s to %(high)s %(unit)s.")
SHIPPED: Final[Path] = settings.BASE_DIR / "fixtures" / "catalogue" / "referral_criteria.json"


@cache
def shipped() -> Table:
    """The table the house came with; it is in force until the consortium has agreed on one of its own."""
    table: Table = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return table


def in_force(at: datetime | None = None) -> Table:
    """The table in force at a moment. A row that was changed past the house is an alarm and does not count."""
    rows = CriteriaTable.objects.filter(valid_from__lte=at or clock.now()).order_by("-valid_from", "-pk")
    agreed = next((row.content for row in rows[:5] if not guarded.check([row])), shipped())
    return criteria.with_visits(agreed, shipped())


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the helper: a tick, or a number with its unit and what the record says."""

    name: str
    title: str
    kind: str
    unit: str
    value: str
    recorded: Known | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Helper:
    """The helper beside a form: what it asks, what it says."""

    card: PatientCard
    direction: str
    questions: list[Question]
    judgement: Judgement
    numbers: list[Question]
    wrong: list[Text]

    @property
    def answered(self) -> bool:
        """Whether something was ticked or typed."""
        return any(one.value for one in (*self.questions, *self.numbers))


def helper(
    *, by: Actor, patient_id: UUID, direction: str, answers: Answers, diagnosis_code: str = ""
) -> Helper:
    """What the criteria ask and say of a patient. 403 for posts that refer nobody, 404 for a closed record."""
    if not (REFERRAL.allows(by, "draft") or REFERRAL.allows(by, Event.START_DOWN_LEG.value)):
        raise Refused(detail={"action": "draft", "model": "referral.referral"})
    if access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    table = in_force()
    recorded, old = from_record(by, patient_id, table, diagnosis_code)
    answered, wrong = from_answers(table, answers)
    facts = [*recorded, *answered]
    asked = [_question(table, name, recorded, answers) for name in _asked(table, direction)]
    return Helper(
        card=index.card(by=by, patient_id=patient_id),
        direction=direction,
        questions=[one for one in asked if one.kind != "number"],
        numbers=[one for one in asked if one.kind == "number"],
        judgement=told(table, criteria.evaluate(table, facts, direction=direction), facts, old),
        wrong=list(wrong.values()),
    )


def _asked(table: Table, direction: str) -> list[str]:
    sides = (direction, "both", None)
    facts = table["facts"].items()
    return [name for name, one in facts if one["kind"] != "codes" and one.get("for") in sides]


def _question(table: Table, name: str, recorded: list[Fact], answers: Answers) -> Question:
    one = table["facts"][name]
    return Question(
        name=name,
        title=one["title"],
        kind=one["kind"],
        unit=one.get("unit", ""),
        value=answers.get(name, ""),
        recorded=next((known(table, fact) for fact in recorded if fact.name == name), None),
        low=one.get("low"),
        high=one.get("high"),
    )


def from_record(
    by: Actor, patient_id: UUID, table: Table, diagnosis_code: str = ""
) -> tuple[list[Fact], list[Fact]]:
    """Facts of the last 24 hours and the codes of running diagnoses; and values that are too old to count."""
    asked = {name: one for name, one in table["facts"].items() if one.get("for") != criteria.VISIT}
    loinc = {one["loinc"]: name for name, one in asked.items() if one.get("loinc")}
    found = chart.measured(by=by, patient_id=patient_id, codes=loinc)
    facts = [Fact(loinc[code], one.value, one.at, FactSource.RECORD) for code, one in found.items()]
    now = clock.now()
    fresh = [fact for fact in facts if fact.at and now - FRESH <= fact.at <= now]
    codes = {
        one.code for one in chart.summary(by=by, patient_id=patient_id).problems if one.code and not one.ended
    }
    codes |= {diagnosis_code} - {""}
    coded = [
        Fact(name, tuple(sorted(codes)), None, FactSource.RECORD)
        for name, one in table["facts"].items()
        if one["kind"] == "codes" and codes
    ]
    return [*fresh, *coded], [fact for fact in facts if fact not in fresh]


def from_answers(table: Table, answers: Answers) -> tuple[list[Fact], dict[str, Text]]:
    """What was ticked and typed; and a sentence for each number that is none, or that nobody can have."""
    wrong: dict[str, Text] = {}
    found, now = list[Fact](), clock.now()
    for name, text in answers.items():
        one = table["facts"].get(name)
        if one is None or not text.strip():
            continue
        if one["kind"] == "number":
            number = _number(text)
            if number is None or not one["low"] <= number <= one["high"]:
                wrong[name] = NUMBER % {key: one[key] for key in ("title", "low", "high", "unit")}
                continue
            found.append(Fact(name, number, now, FactSource.TYPED))
        elif one["kind"] != "codes":
            found.append(Fact(name, True, now, FactSource.TICKED))
    return found, wrong


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace("，", ".").replace(",", "."))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as everybody reads it."""

    code: str
    title: str
    suggestion: Suggestion
    urgency: str

    @property
    def tone(self) -> str:
        return TONE[self.suggestion]

    @property
    def urgent_words(self) -> Text:
        return Priority(self.urgency).label if self.urgency else ""


@dataclass(frozen=True, slots=True)
class TablePage:
    """The table as everybody may read it, and the versions there were."""

    table: Table
    row: CriteriaTable | None
    versions: list[CriteriaTable]
    may_propose: bool

    @property
    def rules(self) -> list[RuleLine]:
        """Each rule in words, in the table's order."""
        return [
            RuleLine(one["code"], one["title"], Suggestion(one["suggest"]), one["urgency"])
            for one in self.table["rules"]
        ]


def table_page(*, by: Actor) -> TablePage:
    """The rules in force, with who agreed on them. 403 for posts that have nothing to do with referrals."""
    now = clock.now()
    rows = list(
        CRITERIA.rows(by, "view")
        .select_related("proposed_by", "approved_by")
        .order_by("-valid_from", "-pk")[:20]
    )
    table = in_force(now)
    row = next((one for one in rows if one.name == table["version"]), None)
    return TablePage(table, row, rows, CRITERIA.allows(by, "propose"))


def proposable(*, by: Actor) -> Table:
    """The table a proposal starts from. 403 for posts that propose no other one."""
    CRITERIA.ask(by, "propose")
    return in_force()
