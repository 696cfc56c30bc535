"""Exports: nothing about persons leaves the house without a purpose, a fresh proof and a trace (8.1.4.11 b)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import assurance, audit, clock
from kernel.actor import Actor
from kernel.errors import Invalid


class Purpose(TextChoices):
    """What somebody may take data out for."""

    PATIENT = "patient", gettext_lazy("the patient asked for a copy")
    CARE = "care", gettext_lazy("care at another institution")
    SETTLEMENT = "settlement", gettext_lazy("settlement and reconciliation")
    SUPERVISION = "supervision", gettext_lazy("supervision or assessment")
    STATISTICS = "statistics", gettext_lazy("statistics without names")
    SECURITY = "security", gettext_lazy("security analysis")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every exported sheet carries: who took it out, where, when, what for."""

    person: str
    place: str
    at: datetime
    purpose: str

    def __str__(self) -> str:
        return " · ".join(
            part for part in (self.person, self.place, f"{self.at:%Y-%m-%d %H:%M}", self.purpose) if part
        )


def begin(
    *,
    by: Actor,
    what: str,
    purpose: str,
    place: str = "",
    patient: UUID | None = None,
    detail: Mapping[str, str | int | bool] | None = None,
) -> Stamp:
    """Record an export before its first byte; its stamp. `what` names the kind: `audit`, `record`, `statistics`.

    Raises StepUpNeeded (403) when the last proof is older than ten minutes, Invalid (422) without a purpose.
    """
    assurance.fresh(by)
    if purpose not in Purpose.values:
        raise Invalid(fields={"purpose": _("Say what the data is taken out for.")})
    words = {**(detail or {}), "what": what, "purpose": purpose}
    audit.record(by=by, action="export.made", patient=patient, detail=words)
    return Stamp(by.display or by.name, place, clock.local(clock.now()), str(Purpose(purpose).label))
