"""Django finds the tables of all rooms here."""

from emr.access.models import BreakGlass, Ground, Opening, Restriction
from emr.capacity.models import BedUse
from emr.chart.models import Launch
from emr.index.models import LocalNumber, Patient, Person, PersonChange, SearchQuota
from emr.repository.models import Identifier, Resource, ResourceHistory
from emr.terminology.models import Concept

__all__ = [
    "BedUse",
    "BreakGlass",
    "Concept",
    "Ground",
    "Identifier",
    "Launch",
    "LocalNumber",
    "Opening",
    "Patient",
    "Person",
    "PersonChange",
    "Resource",
    "ResourceHistory",
    "Restriction",
    "SearchQuota",
]
