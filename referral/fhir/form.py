"""The bytes of the form that are signed."""

import json
from collections.abc import Iterable

from referral.models import Attachment, Referral

CONTENT = ("priority", "diagnosis_code", "diagnosis", "reason", "history", "treatment", "consent")
"""Columns of the form's content: what is signed, beside patient, sides, reply and attachments."""
MORE = ("advice_only", "criteria")
"""Columns that are signed where they say something: forms signed before there were such stay genuine."""
RETURN = (
    "record_number", "results", "course", "rehabilitation", "follow_up", "no_plan", "no_plan_words", "supply",
)  # fmt: skip
"""Columns that the return form adds (回转单)."""

WRITTEN = ("illness", "regimen", "precautions", "consent_way", "signer", "relation", "ink_id")
"""Columns signed where they say something: forms signed before the paper's whole form was kept stay genuine."""


def written(referral: Referral) -> dict[str, str]:
    """What stands in the columns of WRITTEN, as words."""
    return {name: str(value) for name in WRITTEN if (value := getattr(referral, name))}


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
        **written(referral),
        # Named only where something stands in them: earlier signatures covered none of these.
        **{name: words for name in RETURN if (words := getattr(referral, name))},
        **{name: value for name in MORE if (value := getattr(referral, name))},
    }
    if referral.opens_protected:
        form["opens_protected"] = True
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
