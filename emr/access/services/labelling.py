"""The table of specially protected data changes: one security manager proposes, another one agrees."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import services as consortium
from emr.access import events, selectors
from emr.access.choices import RuleSystem, Sensitive
from emr.access.models import LabelRule
from emr.access.policies import LABEL_RULE
from kernel import audit, clock, ids, labels, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid

ADD = "label.add"
END = "label.end"
SHORTEST = {RuleSystem.ICD10: 2, RuleSystem.CODE: 3, RuleSystem.WORD: 2}
"""Characters below which a rule would catch half the county."""


@transaction.atomic
def propose_rule(
    *,
    by: Actor,
    system: str,
    value: str,
    category: str,
    words: str,
    reason: str,
    label: int = labels.SENSITIVE,
) -> UUID:
    """Ask for a new line. Raises Invalid for one that is too short, Conflict for one that stands already."""
    LABEL_RULE.ask(by, "propose")
    value = value.strip().upper() if system == RuleSystem.ICD10 else value.strip()
    if len(value) < SHORTEST[RuleSystem(system)]:
        raise Invalid(fields={"value": _("This is too short: it would hide what everybody needs.")})
    if LabelRule.objects.filter(system=system, value=value, until_at__isnull=True).exists():
        raise Conflict(_("This line stands in the table already."), code="rule_exists")
    payload = {
        "system": system,
        "value": value,
        "category": category,
        "words": words.strip()[:100],
        "label": label,
    }
    return consortium.propose(by=by, kind=ADD, subject=None, payload=payload, reason=reason).pk


@transaction.atomic
def propose_end(*, by: Actor, rule_id: UUID, reason: str) -> UUID:
    """Ask that a line no longer counts for what is written from then on; what is labelled stays labelled."""
    rule = LABEL_RULE.fetch(by, "propose", rule_id)
    if rule.until_at is not None:
        raise Conflict(_("This line has ended already."), code="rule_ended")
    payload = {"rule": str(rule.pk), "system": rule.system, "value": rule.value, "category": rule.category}
    return consortium.propose(by=by, kind=END, subject=rule.pk, payload=payload, reason=reason).pk


def add_rule(by: Actor, payload: Mapping[str, Any]) -> None:
    """What `label.add` does once the second person agreed."""
    rule = LabelRule(
        id=ids.uuid7(),
        system=RuleSystem(payload["system"]),
        value=payload["value"],
        category=Sensitive(payload["category"]),
        label=payload["label"],
        words=payload["words"],
        since_at=clock.now(),
        given_by=by.name[:60],
    )
    rule.save(force_insert=True)
    _changed(by, rule, "access.label_rule_added")


def end_rule(by: Actor, payload: Mapping[str, Any]) -> None:
    """What `label.end` does."""
    rule = LabelRule.objects.select_for_update().get(pk=payload["rule"])
    if rule.until_at is None:
        rule.until_at = clock.now()
        rule.save(update_fields=["until_at"])
    _changed(by, rule, "access.label_rule_ended")


def _changed(by: Actor, rule: LabelRule, action: str) -> None:
    selectors.forget()
    transaction.on_commit(selectors.forget, robust=True)
    audit.record(by=by, action=action, subject=rule, detail={"system": rule.system, "label": rule.label})
    outbox.emit(events.LabelsChanged(rule_id=str(rule.pk)))


def told(payload: Mapping[str, Any]) -> str:
    """A change of the table in words, for the second person."""
    system, category = RuleSystem(payload["system"]).label, Sensitive(payload["category"]).label
    return f"{system} “{payload['value']}” {payload.get('words', '')} · {category}"
