"""What somebody was typing when she left the form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from kernel import crypto
from kernel.actor import Actor
from referral.models import Sketch
from referral.policies import SKETCH

SEALED_AS: Final = "referral_sketch.sealed"


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form as they were typed last, with the version a window has to name to go on, and which one wrote
    it."""

    fields: dict[str, list[str]]
    version: int
    saved_at: datetime
    window: str


def typed(*, by: Actor, patient_id: UUID, referral_id: UUID | None = None) -> Typed | None:
    """What the actor was typing for this patient; None for nothing."""
    rows = SKETCH.rows(by, "write").filter(patient=patient_id, referral=referral_id)
    sketch: Sketch | None = rows.order_by("pk").first()
    if sketch is None:
        return None
    fields = orjson.loads(crypto.unseal_bytes(SEALED_AS, sketch.pk, bytes(sketch.sealed)))
    return Typed(fields, sketch.version, sketch.saved_at, sketch.window)
