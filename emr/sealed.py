"""Sealed columns of emr: what they are sealed as, and to whom."""

from typing import Final

from emr.repository.choices import SEALED_KINDS
from kernel import labels
from kernel.resealing import Column

_KINDS: Final = ", ".join(f"'{kind}'" for kind in sorted(SEALED_KINDS))
_SEALED: Final = f"deleted IS FALSE AND (label >= {labels.SEALED_FROM} OR kind IN ({_KINDS}))"
_RESOURCE: Final = ("content", "emr_resource.content", "kind || '/' || id", _SEALED)

COLUMNS: Final = (
    Column("emr_person", "name_sealed", "emr_person.name"),
    Column("emr_person", "id_sealed", "emr_person.id_number"),
    Column("emr_person", "phone_sealed", "emr_person.phone"),
    Column("emr_person", "address_sealed", "emr_person.address"),
    Column("emr_patient", "other_name_sealed", "emr_patient.other_name"),
    Column("emr_consentversion", "giver_sealed", "emr_consentversion.giver_sealed"),
    Column("emr_prescription", "content_sealed", "emr_prescription.content"),
    Column("emr_resource", *_RESOURCE),
    Column("emr_resource_history", *_RESOURCE),
)
