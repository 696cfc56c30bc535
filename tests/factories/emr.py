"""Persons, patients and encounters for tests. Nobody here can exist: region 99, telephones from 100."""

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from consortium.models import Organisation
from emr.chart import services as chart
from emr.index import services as index
from emr.index.choices import IdKind, Sex
from emr.index.engine.identity import check_digit
from emr.index.models import Patient, Person
from kernel.actor import Actor
from tests.factories.consortium import make_organisation

HOUSE = Actor.system("tests")
_number = count(1)


def id_number(born: date = date(1959, 3, 12), sex: str = Sex.FEMALE, sequence: int | None = None) -> str:
    """A valid number of the unused region 99."""
    order = (next(_number) if sequence is None else sequence) * 2 % 1000
    if (order % 2 == 1) != (sex == Sex.MALE):
        order += 1
    region = f"99{next(_number) % 10000:04d}"
    first17 = f"{region}{born:%Y%m%d}{order % 1000:03d}"
    return first17 + check_digit(first17)


def make_patient(organisation: Organisation | None = None, **said: Any) -> Patient:
    """A registered patient of `organisation` (default: a new branch), with an identity number unless said otherwise."""
    place = organisation or make_organisation()
    sex, born = said.pop("sex", Sex.FEMALE), said.pop("birth_date", date(1959, 3, 12))
    values: dict[str, Any] = {
        "name": f"测试{next(_number)}",
        "id_kind": IdKind.RESIDENT,
        "phone": f"100{next(_number):08d}",
        "address": "青禾县柳溪镇杨家湾村12号",
        **said,
    }
    if values["id_kind"] == IdKind.RESIDENT and "id_number" not in values:
        values["id_number"] = id_number(born, sex)
    return index.register(
        by=values.pop("by", HOUSE), key="", sex=sex, birth_date=born, organisation_id=place.pk, **values
    )


def make_person(**said: Any) -> Person:
    """The person of a new patient."""
    return make_patient(**said).person


def make_encounter(by: Actor, patient_id: UUID, **said: Any) -> str:
    """A recorded encounter; its id."""
    values: dict[str, Any] = {
        "complaint": "头晕两小时",
        "diagnoses": [("I10", "原发性高血压", "confirmed")],
        **said,
    }
    return chart.record_encounter(by=by, key="", patient_id=patient_id, **values)
