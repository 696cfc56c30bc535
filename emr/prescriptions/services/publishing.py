"""A sheet in the record of the county as it stands now; and who is asked to countersign it."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import selectors as consortium
from consortium import services as consortium_services
from consortium.choices import NoticeLevel
from consortium.services import Recipients
from emr.prescriptions import fhir
from emr.prescriptions.choices import OWNER, Status
from emr.prescriptions.engine.sheet import Content
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors import rights
from emr.repository import services as repository
from kernel import clock, labels
from kernel.actor import Actor
from kernel.models import PaperSeal
from kernel.said import Saying, phrase


def publish(
    by: Actor,
    row: Prescription,
    content: Content,
    seals: Sequence[PaperSeal],
    *,
    label: int = labels.CARE,
    void: fhir.Void | None = None,
) -> None:
    """The medicines and the Provenance, in the language of the record. `seals`: the writer's, then the second one's."""
    people = consortium.names([pk for pk in (row.doctor_id, row.second_id) if pk])
    names = fhir.Names(people.get(row.doctor_id, ""), consortium.organisation_name(row.organisation_id))
    signatures = [(one.algorithm, one.value) for one in seals]
    second = _second(row, people.get(row.second_id, ""), signatures[1:]) if row.second_id else None
    stand = fhir.Stand(waits=row.status == Status.WAITING, second=second, void=void)
    with translation.override(settings.LANGUAGE_CODE):
        resources = [
            *fhir.requests(row.pk, content, names, stand),
            fhir.provenance(row.pk, content, names, signatures[0], stand),
        ]
    outgoing = [
        repository.Outgoing(resource=one, patient=row.patient_id, label=label, custodian=row.organisation_id)
        for one in resources
    ]
    repository.publish(by=by, owner=OWNER, resources=outgoing)


def _second(row: Prescription, name: str, signed: Sequence[tuple[str, str]]) -> fhir.Second | None:
    if row.second_id is None or row.second_at is None:
        return None
    at = row.second_at.astimezone(clock.COUNTY)
    return fhir.Second(at, row.second_id, name, row.second_words, signed[0] if signed else ())


def ask(by: Actor, row: Prescription) -> None:
    """Tell the physicians who may sign it too; it leaves their bells with the first answer."""
    people = rights.physicians(row.organisation_id, by.department, but=row.doctor_id)
    title = phrase(_("Prescription %(number)s waits for your countersignature"), number=row.number)
    _notify(by, row, f"prescription:{row.pk}", people, title, NoticeLevel.TASK)


def answered(by: Actor, row: Prescription) -> None:
    """Nobody is asked any more; its writer hears what became of it."""
    consortium_services.close_notices(by=by, keys=[f"prescription:{row.pk}"])
    if by.id == row.doctor_id:
        return
    level = NoticeLevel.TASK if row.status == Status.REFUSED else NoticeLevel.NOTE
    title = phrase(
        pgettext_lazy("prescription", "%(number)s: %(status)s"),
        number=row.number,
        status=Status(row.status).label,
    )
    _notify(by, row, f"prescription:{row.pk}:{row.version}", [row.doctor_id], title, level)


def _notify(
    by: Actor, row: Prescription, key: str, people: Sequence[UUID], title: Saying, level: NoticeLevel
) -> None:
    consortium_services.notify(
        by=by,
        key=key,
        recipients=Recipients(staff=people),
        level=level,
        title=title,
        body=row.second_words,
        url=reverse("emr:prescription", args=[row.pk]),
        patient_id=row.patient_id,
    )
