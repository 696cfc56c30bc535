"""What the criteria say, as pages show it: now, and as it was kept with a leg."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy, pgettext_lazy

from kernel.errors import Text
from referral.choices import TONE, Direction, FactSource, Priority, Suggestion
from referral.engine.criteria import Fact, Opinion, Table

NOT_KNOWN: Final = pgettext_lazy("referral criteria", "not known")
YES: Final = pgettext_lazy("referral criteria", "yes")
NO: Final = pgettext_lazy("referral criteria", "no")
OTHERWISE: Final = gettext_lazy("The doctor decides otherwise")


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as a page shows it: what, how much, since when, from where."""

    name: str
    title: str
    value: str
    at: datetime | None
    source: Text


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, with what it holds by."""

    code: str
    title: str
    urgency: str
    because: list[Known]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the table says of a patient now. `gaps` are sentences; `old` values were too old to count."""

    version: str
    direction: str
    suggestion: Suggestion
    urgency: str
    fired: list[Fired]
    gaps: list[str]
    old: list[Known]
    facts: list[Known]
    override: str = ""

    @property
    def tone(self) -> str:
        return TONE[self.suggestion]

    @property
    def urgent_words(self) -> Text:
        return Priority(self.urgency).label if self.urgency else ""


def told(table: Table, opinion: Opinion, facts: list[Fact], old: list[Fact]) -> Judgement:
    """An opinion as a page shows it."""
    return Judgement(
        version=opinion.version,
        direction=opinion.direction,
        suggestion=Suggestion(opinion.suggestion),
        urgency=opinion.urgency,
        fired=[
            Fired(one.code, one.title, one.urgency, [known(table, fact) for fact in one.because])
            for one in opinion.fired
        ],
        gaps=[_gap(table, name) for name in opinion.gaps],
        old=[known(table, fact) for fact in old if fact.name in opinion.gaps],
        facts=[known(table, fact) for fact in {fact.name: fact for fact in facts}.values()],
    )


def _gap(table: Table, name: str) -> str:
    one = table["facts"][name]
    return str(one.get("missing") or f"{one['title']}：{NOT_KNOWN}")


def known(table: Table, fact: Fact) -> Known:
    """A fact in words: its value with the unit, since when, from where."""
    one = table["facts"][fact.name]
    if isinstance(fact.value, tuple):
        words = "、".join(fact.value)
    elif isinstance(fact.value, bool):
        words = str(YES if fact.value else NO)
    else:
        words = f"{fact.value:g} {one.get('unit', '')}".strip()
    source = FactSource(fact.source).label if fact.source else ""
    return Known(fact.name, one["title"], words, fact.at, source)


def kept(content: Mapping[str, Any]) -> Judgement | None:
    """A judgement as it was stored with a leg; None where none was asked for."""
    if not content:
        return None
    facts = {one["name"]: _stored(one) for one in content["facts"]}
    return Judgement(
        version=content["version"],
        direction=content.get("direction", Direction.UP),
        suggestion=Suggestion(content["suggestion"]),
        urgency=content["urgency"],
        fired=[
            Fired(
                one["code"],
                one["title"],
                one["urgency"],
                [facts[name] for name in one["because"] if name in facts],
            )
            for one in content["fired"]
        ],
        gaps=content["gaps"],
        old=[],
        facts=list(facts.values()),
        override=content.get("override", ""),
    )


def _stored(one: Mapping[str, Any]) -> Known:
    at = datetime.fromisoformat(one["at"]) if one["at"] else None
    source = FactSource(one["source"]).label if one["source"] in FactSource.values else ""
    return Known(one["name"], one["title"], one["value"], at, source)


def printed(content: Mapping[str, Any]) -> str:
    """A judgement as a paper prints it: the suggestion, each rule that held, why the doctor decided otherwise."""
    told = kept(content)
    if told is None:
        return ""
    said = f"{told.suggestion.label}（{told.version}）"
    lines = [f"{said}：{'；'.join(f'{one.code} {one.title}' for one in told.fired)}" if told.fired else said]
    if told.override:
        lines.append(f"{OTHERWISE}：{told.override}")
    return "\n".join(lines)
