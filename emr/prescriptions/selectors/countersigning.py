"""Assistants' sheets that wait for a physician of the house, and those that nobody signed while they were valid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emr.index import selectors as index
from emr.index.selectors import PatientCard
from emr.prescriptions.choices import Status
from emr.prescriptions.models import Prescription
from emr.prescriptions.policies import PRESCRIPTION
from emr.prescriptions.selectors import rights
from emr.prescriptions.selectors.sheets import LAPSED, Row, rows_of
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Refused
from kernel.work import Count, Waiting, Work

AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One sheet that waits, and for whom it was written."""

    row: Row
    card: PatientCard | None


def to_countersign(*, by: Actor) -> list[Asked]:
    """Sheets that wait for a signature the actor may give, the longest waiting first. Raises Refused (403) without a
    physician's licence."""
    PRESCRIPTION.ask(by, "countersign")
    rights.ask_countersigning(by)
    rows = rows_of(_waiting(by).order_by("signed_at", "pk")[:AT_MOST])
    cards = index.cards(by=by, patient_ids=[row.patient_id for row in rows])
    return [Asked(row, cards.get(row.patient_id)) for row in rows]


def _waiting(by: Actor) -> QuerySet[Prescription]:
    rows = PRESCRIPTION.rows(by, "countersign").filter(status=Status.WAITING)
    return rows.filter(valid_until_date__gte=clock.today())


def _lapsed(by: Actor) -> QuerySet[Prescription]:
    rows = PRESCRIPTION.rows(by, "renew").filter(status=Status.WAITING)
    return rows.filter(valid_until_date__lt=clock.today())


def work(*, by: Actor) -> Work:
    """What waits for a physician's signature, and what one wrote that nobody signed in time; nothing for other posts,
    one statement where nothing waits."""
    if not PRESCRIPTION.allows(by, "countersign"):
        return Work()
    rows = list((_waiting(by) | _lapsed(by)).order_by("signed_at", "pk")[:AT_MOST])
    back = tuple(_back(row) for row in rows if row.doctor_id == by.id)
    to_sign = [row for row in rows if row.doctor_id != by.id]
    return Work(waiting=back) if not to_sign else _to_sign(by, to_sign, back)


def _back(row: Prescription) -> Waiting:
    return Waiting(
        key=f"renew:{row.pk}",
        what=LAPSED,
        url=reverse("emr:prescription", args=[row.pk]),
        action=pgettext_lazy("prescription", "Sign it anew"),
        priority="urgent",
        patient_id=row.patient_id,
        sub=row.number,
        since=row.signed_at,
    )


def _to_sign(by: Actor, rows: Sequence[Prescription], back: tuple[Waiting, ...]) -> Work:
    try:
        rights.ask_countersigning(by)
    except Refused:
        return Work(waiting=back)
    label = pgettext_lazy("prescription", "Prescriptions to countersign")
    tile = Count("countersign", label, len(rows), reverse("emr:countersigns"))
    waiting = tuple(
        Waiting(
            key=f"countersign:{row.pk}",
            what=_("Prescription to countersign"),
            url=reverse("emr:prescription", args=[row.pk]),
            action=pgettext_lazy("prescription", "Countersign"),
            priority="urgent",
            patient_id=row.patient_id,
            sub=row.number,
            since=row.signed_at,
        )
        for row in rows
    )
    return Work(counts=(tile,), waiting=(*back, *waiting))
