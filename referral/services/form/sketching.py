"""A form while it is typed: saved under a version, by one window at a time."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from emr.access import selectors as access
from kernel import audit, clock, crypto
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach
from referral.models import Sketch
from referral.policies import REFERRAL, SKETCH
from referral.selectors.form.sketches import SEALED_AS

HELD: Final = timedelta(minutes=2)
"""A window that has saved nothing for so long has let go: another one may write without asking."""
KEPT: Final = timedelta(days=30)
"""What nobody has gone on writing for so long is forgotten, as a draft is."""
AT_MOST: Final = 64 * 1024
"""Bytes of one form."""

Fields = Mapping[str, Sequence[str]]


@transaction.atomic
def keep_sketch(
    *,
    by: Actor,
    patient_id: UUID,
    window: str,
    fields: Fields,
    referral_id: UUID | None = None,
    seen: int = 0,
    take: bool = False,
) -> Sketch:
    """Save what is typed. `window` names the writing window, `seen` the version it read last (0: none), `take` takes
    the form over from another window.

    Raises Conflict (409) when another window writes, or has written since; Invalid (422) for more than a form holds.
    """
    REFERRAL.ask(by, "draft")
    _ask_open(by, patient_id, referral_id)
    plain = orjson.dumps({name: list(values) for name, values in fields.items()})
    if len(plain) > AT_MOST:
        raise Invalid(_("This is more than a form holds."))
    sketch, new = _sketch(by, patient_id, referral_id, window, plain)
    if new:
        audit.record(by=by, action="referral.sketch_begun", subject=sketch, patient=patient_id)
        return sketch
    if sketch.window != window and not take and not _free(sketch, seen):
        raise Conflict(_("This form is open in another window, which writes now."), code="other_window")
    if take and sketch.window != window:
        audit.record(by=by, action="referral.sketch_taken", subject=sketch, patient=patient_id)
    sketch.window, sketch.version, sketch.saved_at = window, sketch.version + 1, clock.now()
    sketch.sealed = crypto.seal_bytes(SEALED_AS, sketch.pk, plain)
    sketch.save(update_fields=["window", "version", "saved_at", "sealed"])
    return sketch


def _ask_open(by: Actor, patient_id: UUID, referral_id: UUID | None) -> None:
    """Raise OutOfReach (404) unless the record is open to the actor, and the draft is hers and this patient's."""
    other = referral_id is not None and REFERRAL.fetch(by, "draft", referral_id).patient_id != patient_id
    if other or access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})


def _own(by: Actor, patient_id: UUID, referral_id: UUID | None) -> Sketch | None:
    rows = SKETCH.rows(by, "write").select_for_update(of=("self",))
    return rows.filter(patient=patient_id, referral=referral_id).first()


def _free(sketch: Sketch, seen: int) -> bool:
    """Whether a window that has read version `seen` may go on where another one wrote last."""
    return seen == sketch.version and sketch.saved_at < clock.now() - HELD


def _sketch(
    by: Actor, patient_id: UUID, referral_id: UUID | None, window: str, plain: bytes
) -> tuple[Sketch, bool]:
    """The form that is typed, locked, and whether it begins with this; of two first words at once one begins it."""
    if (sketch := _own(by, patient_id, referral_id)) is not None:
        return sketch, False
    now = clock.now()
    SKETCH.rows(by, "write").filter(saved_at__lt=now - KEPT).delete()
    sketch = Sketch(
        staff_id=by.person, patient_id=patient_id, referral_id=referral_id, window=window, saved_at=now
    )
    sketch.sealed = crypto.seal_bytes(SEALED_AS, sketch.pk, plain)
    try:
        with transaction.atomic():
            sketch.save(force_insert=True)
    except IntegrityError:
        return SKETCH.rows(by, "write").select_for_update(of=("self",)).get(
            patient=patient_id, referral=referral_id
        ), False
    return sketch, True


@transaction.atomic
def drop_sketch(*, by: Actor, patient_id: UUID, referral_id: UUID | None = None) -> bool:
    """The form was sent, or nobody wants it: what was typed is gone. Whether there was something."""
    sketch = _own(by, patient_id, referral_id)
    if sketch is None:
        return False
    audit.record(by=by, action="referral.sketch_dropped", subject=sketch, patient=patient_id)
    sketch.delete()
    return True
