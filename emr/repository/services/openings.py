"""Reading leaves a trace before the first byte: one opening per actor, record and ten minutes; one entry per list."""

from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Final
from uuid import UUID

from django.db import transaction

from emr.access import services as access
from kernel import audit
from kernel.actor import Actor
from kernel.errors import OutOfReach

WINDOW: Final = 600.0
"""Seconds within which one actor's further looks at one record belong to the same opening."""
MOST: Final = 50_000

_open: dict[tuple[str, str, UUID, str, UUID], float] = {}


def forget() -> None:
    """Record every opening anew."""
    _open.clear()


def opened(*, by: Actor, patient: UUID | None) -> None:
    """Record that `by` opens this patient's record, unless this process did so within the window.

    Committed when this returns. A resource about nobody leaves no opening.
    """
    if patient is None or by.id is None:
        return
    key = (by.name, by.session, by.id, by.purpose, patient)
    now = monotonic()
    if _open.get(key, 0.0) > now:
        return
    try:
        access.open_record(by=by, patient_id=patient)
    except OutOfReach:
        # The row is the actor's own institution's although the patient's record is not open to it.
        audit.record(by=by, action="repository.opened", patient=patient)
    if len(_open) >= MOST:
        _open.clear()
    _open[key] = now + WINDOW


@transaction.atomic
def looked_through(
    *, by: Actor, action: str, patients: Iterable[UUID | None], detail: Mapping[str, str | int]
) -> None:
    """Record one list: what was asked (names of parameters, never their values) and how many rows answered."""
    about = {patient for patient in patients if patient}
    audit.record(
        by=by,
        action=action,
        patient=about.pop() if len(about) == 1 else None,
        detail=dict(detail),
    )
