"""Writes of drug lists."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from emr.formulary.choices import Supply
from emr.formulary.engine import names
from emr.formulary.models import StockedDrug
from emr.formulary.policies import DRUG
from kernel import audit, clock
from kernel.actor import Actor, Kind
from kernel.errors import Conflict, Invalid, OutOfReach

MOST = 500


@transaction.atomic
def keep_drugs(
    *,
    by: Actor,
    drugs: Iterable[str],
    state: str = Supply.STOCKED,
    organisation_id: UUID | None = None,
) -> int:
    """Put drugs on the list of one's own institution, or change what stands there; how many there are now.

    A name that is listed under another spelling keeps its row. Raises Invalid (422) without a name.
    """
    DRUG.ask(by, "keep")
    place = organisation_id or by.place
    if by.kind is not Kind.SYSTEM and place not in by.organisations:
        raise OutOfReach(detail={"model": "emr.stockeddrug", "pk": str(place)})
    found = {names.key_of(name): name.strip() for name in drugs if name.strip()}
    if not found or "" in found or len(found) > MOST:
        raise Invalid(fields={"drugs": _("Write the drugs, one a line.")})
    if long := next((name for name in found.values() if len(name) > 80), ""):
        raise Invalid(fields={"drugs": _("%(name)s: at most 80 characters.") % {"name": long}})
    if state not in (Supply.STOCKED, Supply.OUT):
        raise Invalid(fields={"state": pgettext("drug list", "Choose one.")})
    now = clock.now()
    rows = [
        StockedDrug(
            organisation_id=place, name=name, key=key, state=state, changed_at=now, changed_by=by.name
        )
        for key, name in found.items()
    ]
    StockedDrug.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organisation", "key"],
        update_fields=["name", "state", "changed_at", "changed_by"],
    )
    audit.record(by=by, action="emr.drugs_listed", detail={"drugs": len(found), "state": str(state)})
    return len(found)


@transaction.atomic
def mark_drug(*, by: Actor, drug_id: UUID, version: int | None, state: str) -> StockedDrug:
    """The drug has run out, or is there again. Raises Conflict (409) when somebody changed it meanwhile."""
    drug = _own(by, drug_id, version)
    if state not in (Supply.STOCKED, Supply.OUT):
        raise Invalid(fields={"state": pgettext("drug list", "Choose one.")})
    drug.state, drug.version = state, drug.version + 1
    drug.changed_at, drug.changed_by = clock.now(), by.name
    drug.save(update_fields=["state", "version", "changed_at", "changed_by"])
    audit.record(by=by, action="emr.drug_marked", subject=drug, detail={"state": str(state)})
    return drug


@transaction.atomic
def drop_drug(*, by: Actor, drug_id: UUID, version: int | None) -> None:
    """The institution does not stock the drug any more."""
    drug = _own(by, drug_id, version)
    audit.record(by=by, action="emr.drug_dropped", subject=drug)
    drug.delete()


def _own(by: Actor, drug_id: UUID, version: int | None) -> StockedDrug:
    drug = DRUG.fetch(by, "keep", drug_id, lock=True)
    if version is not None and drug.version != version:
        raise Conflict(code="version_conflict")
    return drug
