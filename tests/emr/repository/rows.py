"""Actors and resources for the repository's tests."""

from itertools import count
from typing import Any
from uuid import UUID

from consortium.choices import API_CLIENT
from consortium.models import Organisation
from emr.index import services as index
from emr.index.models import Patient
from kernel import ids
from kernel.actor import Actor, Kind
from tests.factories.consortium import make_organisation

LOINC = "http://loinc.org"
_number = count(1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int, birth: str = "19800512") -> str:
    """A valid resident identity number of the region 99, which no county has."""
    body = f"990124{birth}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def make_client(organisation: Organisation, *scopes: str, clearance: int = 5) -> Actor:
    """A branch's own system, as the bearer token resolves it."""
    return Actor(
        kind=Kind.CLIENT,
        name=f"client:his{next(_number)}",
        id=ids.uuid7(),
        organisation=organisation.pk,
        organisations=frozenset({organisation.pk}),
        roles=frozenset({API_CLIENT, *(scopes or ("system/*.*",))}),
        clearance=clearance,
    )


def make_patient(by: Actor, name: str = "王伟", birth: str = "19800512") -> Patient:
    """A registered patient of the client's institution."""
    number = id_number(next(_number) * 2 + 1, birth)
    sex = "1" if int(number[16]) % 2 else "2"
    return index.register(by=by, key="", name=name, sex=sex, id_number=number)


def observation(patient_id: UUID | str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "718-7", "display": "Hemoglobin"}]},
        "subject": {"reference": f"Patient/{patient_id}"},
        "effectiveDateTime": "2026-03-01T08:00:00+08:00",
        "valueQuantity": {"value": 12.5, "unit": "g/dL"},
        **more,
    }


def make_place() -> Organisation:
    return make_organisation()
