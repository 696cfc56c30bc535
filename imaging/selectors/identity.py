"""Whether a study's own words agree with the request it names."""

from datetime import date
from typing import Final, Protocol
from uuid import UUID

from diagnostics.choices import Status as RequestStatus
from emr.index.selectors import PatientCard
from imaging import vault
from imaging.choices import Doubt
from imaging.engine import names
from imaging.engine.charset import PersonName, person_name
from imaging.models import Study

SEX: Final = {"1": "M", "2": "F"}


class Ordered(Protocol):
    """What is asked of an exam request: the two sides and its state."""

    @property
    def source_id(self) -> UUID: ...
    @property
    def centre_id(self) -> UUID: ...
    @property
    def status(self) -> str: ...


def doubt_about(study: Study, request: Ordered | None, card: PatientCard | None) -> Doubt | None:
    """The first thing that disagrees, None when the study may be given by itself. What the device left out
    does not disagree, but a name must be there and agree."""
    if not study.accession_number:
        return Doubt.NO_ACCESSION
    if request is None or card is None:
        return Doubt.UNKNOWN_ACCESSION
    if study.custodian_id not in (request.source_id, request.centre_id):
        return Doubt.OTHER_PLACE
    if request.status == RequestStatus.CANCELLED:
        return Doubt.REQUEST_CLOSED
    return differing(study, card)


def differing(study: Study, card: PatientCard) -> Doubt | None:
    """The first identity word of the device that differs from the record."""
    if not names.same(device_name(study), card.name):
        return Doubt.NAME_DIFFERS
    if study.birth_date and card.birth_date and study.birth_date != compact(card.birth_date):
        return Doubt.BIRTH_DATE_DIFFERS
    recorded = SEX.get(card.sex, "")
    if study.sex in ("M", "F") and recorded and study.sex != recorded:
        return Doubt.SEX_DIFFERS
    return None


def device_name(study: Study) -> PersonName:
    """The name as the device wrote it."""
    return person_name(vault.said_of(study).patient_name)


def compact(day: date) -> str:
    return f"{day:%Y%m%d}"
