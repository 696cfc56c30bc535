"""Code systems are loaded from the catalogue."""

from collections.abc import Iterable

from django.db import transaction

from emr.terminology.engine.initials import initials
from emr.terminology.models import Concept
from emr.terminology.policies import CONCEPT
from kernel import audit
from kernel.actor import Actor


@transaction.atomic
def load(*, by: Actor, system: str, concepts: Iterable[tuple[str, str]]) -> int:
    """Bring a code system to what `concepts` (code, Chinese name) says; codes that are gone become inactive.

    Answers how many codes are active. Entered codes stay where they were recorded.
    """
    CONCEPT.ask(by, "load")
    rows = [
        Concept(system=system, code=code, display=display, initials=initials(display), active=True)
        for code, display in dict(concepts).items()
    ]
    Concept.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["system", "code"],
        update_fields=["display", "initials", "active"],
        batch_size=1000,
    )
    Concept.objects.filter(system=system).exclude(code__in=[row.code for row in rows]).update(active=False)
    audit.record(by=by, action="emr.codes_loaded", detail={"system": system, "codes": len(rows)})
    return len(rows)
