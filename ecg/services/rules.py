"""The numbers of triage are data: a new version replaces the old one, which stays for the alerts that name it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ecg.engine import rules
from ecg.models import TriageRules
from ecg.policies import RULES
from kernel import audit, clock
from kernel.actor import Actor
from kernel.errors import Invalid


@transaction.atomic
def set_thresholds(*, by: Actor, version: str, thresholds: Mapping[str, int]) -> TriageRules:
    """Publish a new version of the thresholds. Raises Invalid (422) for an unknown name or a used version."""
    RULES.ask(by, "set")
    if TriageRules.objects.filter(version=version).exists():
        raise Invalid(fields={"version": _("This version exists already.")})
    try:
        rules.thresholds({"version": version, **thresholds})
    except TypeError:
        raise Invalid(fields={"thresholds": _("Unknown threshold.")}) from None
    row = TriageRules.objects.create(
        version=version, thresholds=dict(thresholds), made_at=clock.now(), made_by=by.name
    )
    audit.record(by=by, action="ecg.thresholds_set", subject=row)
    return row
