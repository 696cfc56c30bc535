"""The criteria of a referral: what they say of a leg is kept with it; the table changes when two persons agree."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import services as consortium
from kernel import audit, clock, ids
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Refused, Text
from referral.choices import AGAINST, WRONG, Direction, Priority, Suggestion
from referral.engine import criteria, soundness
from referral.engine.criteria import Fact, Opinion, Table
from referral.engine.soundness import Problem
from referral.models import CriteriaTable, Referral
from referral.policies import CRITERIA
from referral.selectors.criteria.judgement import told
from referral.selectors.criteria.table import Answers, from_answers, from_record, in_force

KIND = "referral.criteria"
OVERRIDE = 200
"""Characters of a reason against the suggestion."""
AGAINST_UP = _("The criteria speak against sending: say in a sentence why you send all the same.")
AGAINST_DOWN = _("The criteria speak against going down yet: say in a sentence why she goes all the same.")


def judge(by: Actor, referral: Referral, answers: Answers | None, override: str = "") -> None:
    """Put what the criteria say now into the leg's form; with `answers` None what stands there stays.

    Raises Invalid (422) for a number nobody can have.
    """
    if answers is None:
        return
    table = in_force()
    facts, old = from_record(by, referral.patient_id, table, referral.diagnosis_code)
    answered, wrong = from_answers(table, answers)
    if wrong:
        raise Invalid(fields=wrong)
    facts = [*facts, *answered]
    side = Direction.DOWN if referral.direction == Direction.DOWN else Direction.UP
    opinion = criteria.evaluate(table, facts, direction=side)
    referral.criteria = _content(table, opinion, facts, old) | {
        "override": override.strip()[:OVERRIDE],
        "answers": {name: text for name, text in answers.items() if name in table["facts"] and text.strip()},
    }


def _content(table: Table, opinion: Opinion, facts: list[Fact], old: list[Fact]) -> dict[str, Any]:
    """The judgement as it is kept and signed: version, what fired and by what, what was not known."""
    page = told(table, opinion, facts, old)
    denied = {fact.name: fact for finding in opinion.fired for fact in finding.because}
    shown = told(table, opinion, [*facts, *denied.values()], old).facts
    return {
        "version": page.version,
        "direction": page.direction,
        "suggestion": page.suggestion.value,
        "urgency": page.urgency,
        "fired": [
            {
                "code": one.code,
                "title": one.title,
                "urgency": one.urgency,
                "because": [fact.name for fact in one.because],
            }
            for one in page.fired
        ],
        "gaps": page.gaps,
        "facts": [
            {
                "name": one.name,
                "title": one.title,
                "value": one.value,
                "at": one.at.isoformat(timespec="seconds") if one.at else "",
                "source": next((fact.source for fact in facts if fact.name == one.name), ""),
            }
            for one in shown
        ],
    }


def contradiction(referral: Referral) -> dict[str, Text]:
    """What the doctor must still say: she decides otherwise than the criteria, and has given no reason.

    Emergencies go first: nothing is asked of them. A way down is none, however urgent the way up was.
    """
    content: Mapping[str, Any] = referral.criteria
    down = referral.direction == Direction.DOWN
    if not content or content.get("override") or (referral.priority == Priority.EMERGENCY and not down):
        return {}
    if Suggestion(content["suggestion"]) in AGAINST and not referral.advice_only:
        return {"override": AGAINST_DOWN if down else AGAINST_UP}
    if criteria.highest((referral.priority, content["urgency"])) != referral.priority:
        return {"override": _("The criteria call for more urgency: choose it, or say why you do not.")}
    return {}


@transaction.atomic
def propose_criteria(
    *,
    by: Actor,
    name: str,
    limits: Mapping[str, float],
    without: list[str],
    valid_from: date,
    reason: str,
    added: Sequence[Mapping[str, Any]] = (),
) -> UUID:
    """Ask for another version of the table: other limits, some rules ended, `added` ones (as the table holds them,
    a condition may name its `unit`). A second person puts it into force.

    Raises Invalid (422) for rules that cannot be applied, a sentence for each: an unknown fact, another unit than the
    fact's, a limit out of bounds, limits nobody or everybody meets; Conflict (409) for a version of this name.
    """
    CRITERIA.ask(by, "propose")
    table = criteria.changed(in_force(), version=name.strip(), limits_of=limits, without=without, added=added)
    payload = {
        "table": table,
        "valid_from": valid_from.isoformat(),
        "reason": reason,
        "proposed_by": str(by.person),
    }
    _check(by, payload)
    audit.record(by=by, action="referral.criteria_proposed", detail={"version": name.strip()[:20]})
    return consortium.propose(by=by, kind=KIND, subject=None, payload=payload, reason=reason).pk


def _check(by: Actor, payload: Mapping[str, Any]) -> None:
    name = payload["table"]["version"]
    if not name or len(name) > 20:
        raise Invalid(fields={"name": _("Give the version a name of up to 20 characters.")})
    if name == in_force()["version"] or CriteriaTable.objects.filter(name=name).exists():
        raise Conflict(_("There is a version of this name already."), code="version_exists")
    if wrong := soundness.problems(payload["table"]):
        raise Invalid(" ".join(_sentence(payload["table"], one) for one in wrong))


def _sentence(table: Table, problem: Problem) -> str:
    """What is wrong, in the words of the page: the fact by its title, with what it may be."""
    fact = table["facts"].get(problem.fact, {})
    known = {name: fact.get(name, "") for name in ("low", "high", "unit")}
    words = {"rule": problem.rule, "fact": fact.get("title", problem.fact), "value": problem.value}
    return str(WRONG[problem.what] % (known | words))


def put_into_force(by: Actor, payload: Mapping[str, Any]) -> None:
    """What `referral.criteria` does once the second person agreed: the version counts from its day on."""
    if not CRITERIA.allows(by, "approve"):
        raise Refused(detail={"action": "approve", "model": "referral.criteriatable"})
    _check(by, payload)
    first, _next = clock.day_bounds(date.fromisoformat(payload["valid_from"]))
    row = CriteriaTable(
        id=ids.uuid7(),
        name=payload["table"]["version"],
        content=payload["table"],
        reason=payload["reason"].strip()[:300],
        valid_from=max(first, clock.now()),
        made_at=clock.now(),
        proposed_by_id=UUID(payload["proposed_by"]),
        approved_by_id=by.person,
    )
    row.save(force_insert=True)
    audit.record(by=by, action="referral.criteria_changed", subject=row, detail={"version": row.name})


def proposed(payload: Mapping[str, Any]) -> Text:
    """A proposal in one sentence, for the second person."""
    return _("Referral criteria %(version)s, from %(day)s on") % {
        "version": payload["table"]["version"],
        "day": payload["valid_from"],
    }


def compared(payload: Mapping[str, Any]) -> list[tuple[Text, Text, Text]]:
    """What changes, rule by rule: its limits now and then."""
    now, then = in_force(), payload["table"]
    before = {rule["code"]: rule for rule in now["rules"]}
    after = {rule["code"]: rule for rule in then["rules"]}
    gone = _("does not count")
    lines = [
        (
            f"{code} {before.get(code, after.get(code, {}))['title']}",
            _limits(now, before.get(code)) or gone,
            _limits(then, after.get(code)) or gone,
        )
        for code in dict.fromkeys([*before, *after])
    ]
    return [line for line in lines if line[1] != line[2]]


def _limits(table: Table, rule: Mapping[str, Any] | None) -> str:
    """A rule's limits in words: `SpO₂ < 90 %`; "" for none such rule."""
    if rule is None:
        return ""
    leaves = [
        f"{fact['title']} {one['is']} {one['value']:g} {fact.get('unit', '')}".strip()
        for one in criteria.limits(rule["when"])
        for fact in (table["facts"][one["fact"]],)
    ]
    return "；".join(leaves) or str(_("counts"))
