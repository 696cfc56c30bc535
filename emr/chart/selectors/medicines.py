"""What a person takes, and of what was prescribed whether it is signed here or came unsigned from elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from consortium import selectors as consortium
from emr.chart.engine import reading
from emr.formulary.engine.names import key_of
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor

PRESCRIBED: Final = "MedicationRequest"
KINDS: Final = ("MedicationStatement", PRESCRIBED)
SIGNED_BY: Final = "prescriptions"
"""Only this workflow writes such resources, each under a signature (`emr.prescriptions`)."""
SHEET: Final = "urn:lianyi:prescription"
TAKEN: Final = frozenset({"active", "intended", "unknown"})
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
LINGERS: Final = timedelta(days=30)
"""A short course is shown so long after its last day; a long-term one until it is stopped."""


@dataclass(frozen=True, slots=True)
class Medicine:
    """`sheet`: id of the signed prescription it stands on. `unsigned`: prescribed, without a signature kept here;
    then `organisation` is where it came from."""

    name: str
    directions: str
    at: datetime | None
    organisation: str
    sheet: str = ""
    unsigned: bool = False


def medicines_of(
    by: Actor, told: Mapping[str, Sequence[Mapping[str, Any]]], places: Mapping[str, str]
) -> tuple[Medicine, ...]:
    """The newest statement of each medicine. `places`: names of institutions by visit. Two statements where
    something was prescribed, else none."""
    requests = [one for one in told[PRESCRIBED] if _taken(one)]
    keepers = repository.keepers(by=by, keys=[(PRESCRIBED, str(one["id"])) for one in requests])
    names = consortium.organisation_names(
        keeper.custodian for keeper in keepers.values() if keeper.custodian is not None
    ) if keepers else {}  # fmt: skip
    found = [
        _medicine(one, keepers.get((str(one["resourceType"]), str(one["id"]))), places, names)
        for one in [*told["MedicationStatement"], *requests]
        if _taken(one)
    ]
    found.sort(key=lambda one: one.at or LONG_AGO, reverse=True)
    return tuple(reading.first_seen((key_of(one.name) or one.name, one) for one in found).values())


def _medicine(
    resource: Mapping[str, Any],
    keeper: repository.Keeper | None,
    places: Mapping[str, str],
    names: Mapping[UUID, str],
) -> Medicine:
    signed = keeper is not None and keeper.owner == SIGNED_BY
    visit = reading.key_of(resource.get("context") or resource.get("encounter"))
    source = names.get(keeper.custodian, "") if keeper and keeper.custodian else ""
    return Medicine(
        name=reading.words(resource.get("medicationCodeableConcept")),
        directions=str(_dosage(resource).get("text") or ""),
        at=reading.moment(resource.get("effectiveDateTime") or resource.get("authoredOn")),
        organisation=places.get(visit, "") or source,
        sheet=_sheet(resource) if signed else "",
        unsigned=keeper is not None and not signed,
    )


def medicines(*, by: Actor, patient_id: UUID) -> tuple[Medicine, ...]:
    """What this person takes as far as it is open to the actor, the newest statement of each."""
    told = repository.of_patient_kinds(by=by, patient_id=patient_id, kinds=KINDS, limit=60)
    return medicines_of(by, told, {})


def _taken(resource: Mapping[str, Any]) -> bool:
    if resource.get("status") not in TAKEN:
        return False
    if reading.code(resource.get("courseOfTherapyType")) != "acute":
        return True
    timing = (_dosage(resource).get("timing") or {}).get("repeat") or {}
    end = reading.moment((timing.get("boundsPeriod") or {}).get("end"))
    return end is None or end + LINGERS > clock.now()


def _dosage(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (resource.get("dosage") or resource.get("dosageInstruction") or [{}])[0]
    return found


def _sheet(resource: Mapping[str, Any]) -> str:
    """Id of the prescription: the part before the number of the line."""
    named = [one.get("value") for one in resource.get("identifier") or [] if one.get("system") == SHEET]
    return str(named[0]).partition("/")[0] if named else ""
