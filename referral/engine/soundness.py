"""Whether a table of criteria can be applied: every rule asks known facts in their own unit, and limits that say
something. What is wrong is answered as data; the words are the page's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from referral.engine.criteria import ASKS, FORCING, KINDS, QUIET, URGENCIES, Condition, Table

UPPER: Final = ("<", "<=")
LOWER: Final = (">", ">=")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which rule, what, with which fact, and the value that was said."""

    rule: str
    what: str
    fact: str = ""
    value: str = ""


def problems(table: Table) -> list[Problem]:
    """What is wrong with a table; empty for one that can be put into force."""
    facts, rules = table.get("facts", {}), list(table.get("rules", ()))
    wrong = [] if table.get("version") else [Problem("", "version")]
    wrong += [Problem("", "kind", name) for name, one in facts.items() if one.get("kind") not in KINDS]
    codes = [str(rule.get("code")) for rule in rules]
    wrong += [Problem(code, "twice") for code in sorted({one for one in codes if codes.count(one) > 1})]
    return wrong + [problem for rule in rules for problem in _of_rule(rule, facts)]


def _of_rule(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[Problem]:
    code, direction = str(rule.get("code") or ""), str(rule.get("direction"))
    if not code:
        yield Problem(code, "code")
    if direction not in FORCING:
        yield Problem(code, "direction")
        return
    if rule.get("suggest") not in (FORCING[direction], QUIET[direction]):
        yield Problem(code, "suggest")
    if rule.get("urgency") not in URGENCIES:
        yield Problem(code, "urgency")
    if not rule.get("title"):
        yield Problem(code, "title")
    yield from _of_condition(code, rule.get("when") or {}, facts)


def _of_condition(code: str, when: Condition, facts: Mapping[str, Any]) -> Iterator[Problem]:
    word = next((one for one in ("all", "any") if when.get(one)), "")
    if word:
        found = [problem for part in when[word] for problem in _of_condition(code, part, facts)]
        yield from found
        if not found:
            yield from _senseless(code, word, when[word], facts)
    elif not when.get("fact"):
        yield Problem(code, "empty")
    else:
        found = list(_of_leaf(code, when, facts))
        yield from found
        if not found:
            yield from _senseless(code, "all", [when], facts)


def _of_leaf(code: str, when: Condition, facts: Mapping[str, Any]) -> Iterator[Problem]:
    name, asked = str(when["fact"]), str(when.get("is"))
    fact = facts.get(name)
    if fact is None:
        yield Problem(code, "fact", name)
        return
    if asked not in ASKS[str(fact.get("kind"))]:
        yield Problem(code, "asked", name, asked)
        return
    sign, unit = when.get("only_if"), when.get("unit", "")
    if sign is not None and facts.get(sign, {}).get("kind") != "tick":
        yield Problem(code, "sign", str(sign))
    if unit and unit != fact.get("unit", ""):
        yield Problem(code, "unit", name, str(unit))
    elif fact["kind"] == "number" and not _reachable(when.get("value"), fact):
        yield Problem(code, "bounds", name, str(when.get("value")))
    if fact["kind"] == "codes" and not _codes(when.get("value")):
        yield Problem(code, "codes", name)


def _reachable(limit: Any, fact: Mapping[str, Any]) -> bool:
    number = isinstance(limit, int | float) and not isinstance(limit, bool)
    return number and bool(fact["low"] <= limit <= fact["high"])


def _codes(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(value)


def _senseless(
    code: str, word: str, parts: Iterable[Condition], facts: Mapping[str, Any]
) -> Iterator[Problem]:
    """Limits of one fact that nobody can meet at once, or that everybody meets."""
    leaves = [part for part in parts if part.get("is") in (*UPPER, *LOWER)]
    for name in dict.fromkeys(str(one["fact"]) for one in leaves):
        own = [one for one in leaves if one["fact"] == name]
        low, high = float(facts[name]["low"]), float(facts[name]["high"])
        if word == "all" and not _meets_all(own, low, high):
            yield Problem(code, "never", name, _told(own))
        elif _meets_everybody(word, own, low, high):
            yield Problem(code, "always", name, _told(own))


def _meets_all(own: list[Condition], low: float, high: float) -> bool:
    """Whether a value between `low` and `high` meets every one of the limits."""
    floor, shut_below = max([(low, False), *((one["value"], one["is"] == ">") for one in _side(own, LOWER))])
    roof, open_above = min([(high, True), *((one["value"], one["is"] == "<=") for one in _side(own, UPPER))])
    return bool(floor < roof or (floor == roof and not shut_below and open_above))


def _meets_everybody(word: str, own: list[Condition], low: float, high: float) -> bool:
    """Whether each value between `low` and `high` meets them: of `any` what they leave out is empty, of `all` each
    alone lets everybody through."""
    against = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
    left_out: list[Condition] = [{**one, "is": against[one["is"]]} for one in own]
    if word == "any":
        return not _meets_all(left_out, low, high)
    return all(not _meets_all([one], low, high) for one in left_out)


def _side(own: list[Condition], words: tuple[str, ...]) -> list[Condition]:
    return [one for one in own if one["is"] in words]


def _told(own: list[Condition]) -> str:
    return "、".join(f"{one['is']} {one['value']:g}" for one in own)
