"""The bytes of the form that are signed."""

import json
from collections.abc import Iterable

from referral.models import Attachment, Referral

CONTENT = ("priority", "diagnosis_code", "diagnosis", "reason", "history", "treatment", "consent")
"""Columns of the form's content: what is signed, beside patient, sides, reply and attachments."""


def form_bytes(referral: Referral, attachments: Iterable[Attachment]) -> bytes:
    """What a signature of the form covers: canonical JSON, UTF-8."""
    form = {
        "number": referral.number,
        "patient": str(referral.patient_id),
        "source": str(referral.source_id),
        "target": str(referral.target_id),
        "outcome": referral.outcome,
        "advice": referral.advice,
        "attachments": sorted(f"{row.kind}/{row.resource_id}" for row in attachments),
        **{name: getattr(referral, name) for name in CONTENT},
    }
    if referral.opens_protected:
        form["opens_protected"] = True
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
