"""The care a hospital outside gives, as far as it is told here: an Encounter. Inside, the chart writes its own."""

from datetime import datetime
from typing import Final

from referral.choices import Status
from referral.fhir.common import TERMINOLOGY, Json, Names, instant, reference
from referral.models import Referral

OPEN: Final = (Status.IN_CARE,)


def outside_care_id(referral: Referral) -> str:
    return f"{referral.pk}-e"


def outside_care(referral: Referral, names: Names, *, begun: datetime, ended: datetime | None) -> Json:
    period = {"start": instant(begun)}
    if ended is not None:
        period["end"] = instant(max(begun, ended))
    return {
        "resourceType": "Encounter",
        "id": outside_care_id(referral),
        "status": "in-progress" if referral.status in OPEN else "finished",
        "class": {"system": f"{TERMINOLOGY}v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{referral.patient_id}"},
        "basedOn": [{"reference": f"ServiceRequest/{referral.pk}"}],
        "period": period,
        "serviceProvider": reference("Organization", referral.target_id, names),
    }
