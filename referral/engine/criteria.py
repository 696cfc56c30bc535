"""Criteria of a referral (转诊指征): rules over facts, answered in three values: holds, does not, cannot be said.

A table is data: `facts` says what is asked and in which unit, `rules` what follows. A fact nobody knows is never
taken for a normal one: a rule that hangs on it is open, and the fact stands among the gaps.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final, TypeAlias

Table: TypeAlias = Mapping[str, Any]
Condition: TypeAlias = Mapping[str, Any]
Value: TypeAlias = float | bool | tuple[str, ...]

SWEEP: Final = "sweep"
"""A tick that answers for all signs not ticked: they were asked after, and are not there."""
KINDS: Final = ("number", "tick", "codes", SWEEP)
URGENCIES: Final = ("", "routine", "urgent", "emergency")
"""From the least to the most; "" = the rule says nothing of it."""
VISIT: Final = "visit"
"""The direction of rules that hold what a follow-up visit measured: up again, at once."""
FORCING: Final[Mapping[str, str]] = {"up": "up", "down": "keep", VISIT: "up"}
"""By direction: what a sign of danger suggests. It goes before everything else."""
QUIET: Final[Mapping[str, str]] = {"up": "stay", "down": "down", VISIT: "stay"}
"""By direction: what is suggested when no sign of danger can be there."""
UNSURE: Final = "unsure"
"""A sign of danger cannot be excluded: something is not known."""
FREE: Final = "free"
"""No rule applies: the doctor decides."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known: a number in the table's unit, a sign, or codes; since when, and from where."""

    name: str
    value: Value
    at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds, and the facts it holds by."""

    code: str
    title: str
    suggest: str
    urgency: str
    because: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the table says. `gaps`: facts whose absence leaves a rule open, by name, in the table's order."""

    version: str
    direction: str
    suggestion: str
    urgency: str
    fired: tuple[Finding, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """True, False, or None when it cannot be said; the facts that decided, the facts that are missing."""

    holds: bool | None
    because: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()


COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": lambda value, limit: bool(value < limit),
    "<=": lambda value, limit: bool(value <= limit),
    ">": lambda value, limit: bool(value > limit),
    ">=": lambda value, limit: bool(value >= limit),
    "true": lambda value, _limit: bool(value),
    "begins": lambda value, limit: any(code.startswith(tuple(limit)) for code in value),
}
"""How a fact is held against a rule's value."""
ASKS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("<", "<=", ">", ">="),
    "tick": ("true",),
    "codes": ("begins",),
    SWEEP: (),
}
"""What may be asked of each kind of fact."""


def evaluate(table: Table, facts: Iterable[Fact], *, direction: str) -> Opinion:
    """What the rules of one direction say of these facts. Of two facts of a name the last one counts."""
    known = _with_denied(table, {fact.name: fact for fact in facts})
    forcing, fired, gaps = FORCING[direction], [], set[str]()
    for rule in table["rules"]:
        if rule["direction"] != direction:
            continue
        answer = _ask(rule["when"], known)
        if answer.holds:
            because = tuple(dict.fromkeys(answer.because))
            fired.append(Finding(rule["code"], rule["title"], rule["suggest"], rule["urgency"], because))
        elif answer.holds is None and rule["suggest"] == forcing:
            gaps.update(answer.missing)
    said = {finding.suggest for finding in fired}
    quiet = QUIET[direction]
    suggestion = forcing if forcing in said else UNSURE if gaps else quiet if quiet in said else FREE
    return Opinion(
        version=str(table["version"]),
        direction=direction,
        suggestion=suggestion,
        urgency=highest(finding.urgency for finding in fired),
        fired=tuple(fired),
        gaps=tuple(name for name in table["facts"] if name in gaps),
    )


def highest(urgencies: Iterable[str]) -> str:
    """The most urgent of them: joining a suggestion to a choice never lowers the choice."""
    return max(urgencies, key=URGENCIES.index, default="")


def _with_denied(table: Table, known: dict[str, Fact]) -> dict[str, Fact]:
    """With the sweep ticked every sign that was not ticked is known to be absent."""
    sweeps = [known[name] for name, one in table["facts"].items() if one["kind"] == SWEEP and name in known]
    if not any(sweep.value for sweep in sweeps):
        return known
    denied = {
        name: Fact(name, False, sweeps[0].at, sweeps[0].source)
        for name, one in table["facts"].items()
        if one["kind"] == "tick" and name not in known
    }
    return known | denied


def _ask(when: Condition, known: Mapping[str, Fact]) -> _Answer:
    for word, decided_by in (("all", False), ("any", True)):
        if word in when:
            return _join([_ask(part, known) for part in when[word]], decided_by)
    return _leaf(when, known)


def _join(answers: list[_Answer], decided_by: bool) -> _Answer:
    """`all` is decided by one that does not hold, `any` by one that does; else what cannot be said leaves it open."""
    deciding = [one for one in answers if one.holds is decided_by]
    if deciding:
        return _Answer(decided_by, tuple(fact for one in deciding for fact in one.because))
    missing = tuple(name for one in answers for name in one.missing)
    if any(one.holds is None for one in answers):
        return _Answer(None, missing=missing)
    return _Answer(not decided_by, tuple(fact for one in answers for fact in one.because))


def _leaf(when: Condition, known: Mapping[str, Fact]) -> _Answer:
    """One fact against one value. `only_if` names the sign without which the fact is not asked for."""
    fact, sign = known.get(when["fact"]), known.get(when.get("only_if", ""))
    if fact is not None:
        return _Answer(COMPARE[when["is"]](fact.value, when.get("value")), (fact,))
    if sign is not None and sign.value is False:
        return _Answer(False, (sign,))
    return _Answer(None, missing=(when["fact"],))


def with_visits(table: Table, shipped: Table) -> Table:
    """The table with the shipped rules for follow-up visits, where it was agreed on before there were any."""
    ours = {name: one for name, one in shipped["facts"].items() if one.get("for") == VISIT}
    if ours.keys() <= table["facts"].keys():
        return table
    rules = [rule for rule in shipped["rules"] if rule["direction"] == VISIT]
    return {**table, "facts": {**table["facts"], **ours}, "rules": [*table["rules"], *rules]}


def limits(when: Condition) -> list[Condition]:
    """The conditions below `when` that hold a number against a limit, in order."""
    if "fact" in when:
        return [when] if when["is"] in ASKS["number"] else []
    return [leaf for part in when.get("all", when.get("any", ())) for leaf in limits(part)]


def changed(
    table: Table,
    *,
    version: str,
    limits_of: Mapping[str, float],
    without: Iterable[str],
    added: Iterable[Mapping[str, Any]] = (),
) -> Table:
    """The table under a new version with other limits (by "rule.place"), without some rules, with `added` ones."""
    gone = set(without)
    rules = [
        {**rule, "when": _replaced(rule["when"], rule["code"], limits_of, count())}
        for rule in table["rules"]
        if rule["code"] not in gone
    ]
    return {**table, "version": version, "rules": [*rules, *added]}


def _replaced(when: Condition, code: str, limits_of: Mapping[str, float], places: Iterator[int]) -> Condition:
    if "fact" in when:
        if when["is"] not in ASKS["number"]:
            return when
        return {**when, "value": limits_of.get(f"{code}.{next(places)}", when["value"])}
    word = "all" if "all" in when else "any"
    return {word: [_replaced(part, code, limits_of, places) for part in when[word]]}
