"""Django finds the tables of all rooms here."""

from emr.access.models import BreakGlass, Ground, LabelRule, LabelSweep, Opening, Restriction
from emr.capacity.models import BedUse, Pool, Quota
from emr.chart.models import Launch
from emr.consent.models import Consent, ConsentVersion, Contract, PersonRequest
from emr.formulary.models import StockedDrug
from emr.index.models import LocalNumber, Patient, Person, PersonChange, SearchQuota
from emr.prescriptions.models import Prescription, PrescriptionCounter
from emr.repository.models import Identifier, Resource, ResourceHistory
from emr.terminology.models import Concept

__all__ = [
    "BedUse",
    "BreakGlass",
    "Concept",
    "Consent",
    "ConsentVersion",
    "Contract",
    "Ground",
    "Identifier",
    "LabelRule",
    "LabelSweep",
    "Launch",
    "LocalNumber",
    "Opening",
    "Patient",
    "Person",
    "PersonChange",
    "PersonRequest",
    "Pool",
    "Prescription",
    "PrescriptionCounter",
    "Quota",
    "Resource",
    "ResourceHistory",
    "Restriction",
    "SearchQuota",
    "StockedDrug",
]
