"""Resource types of the house, their partitions, which of them are sealed, interactions."""

from enum import StrEnum
from typing import Final

BUSY: Final = (
    "Patient",
    "Encounter",
    "Condition",
    "Observation",
    "DiagnosticReport",
    "ServiceRequest",
    "Task",
    "ImagingStudy",
    "Composition",
    "Procedure",
    "MedicationRequest",
    "MedicationStatement",
    "Claim",
)
"""Types with a partition of their own; all others share one."""

KINDS: Final = frozenset(
    {
        *BUSY,
        *("Account", "AllergyIntolerance", "Appointment", "AppointmentResponse", "Basic", "BodyStructure"),
        *("CarePlan", "CareTeam", "ChargeItem", "ClaimResponse", "Communication", "CommunicationRequest"),
        *("Consent", "Coverage", "DetectedIssue", "Device", "DocumentReference", "EpisodeOfCare"),
        *("FamilyMemberHistory", "Flag", "Goal", "Group", "HealthcareService", "Immunization", "Invoice"),
        *("List", "Location", "Media", "Medication", "MedicationAdministration", "MedicationDispense"),
        *("NutritionOrder", "Organization", "PaymentNotice", "PaymentReconciliation", "Person"),
        *("Practitioner", "PractitionerRole", "Provenance", "Questionnaire", "QuestionnaireResponse"),
        *("RelatedPerson", "RiskAssessment", "Schedule", "Slot", "Specimen"),
    }
)
"""What this server stores. Another type of R4 is answered with 404 `not-supported`."""

SEALED_KINDS: Final = frozenset({"Patient", "Person", "RelatedPerson", "Coverage"})
"""These identify a person: their bytes are sealed and their search values are keyed hashes."""

OUTSIDE_LABELS: Final = SEALED_KINDS | {
    *("Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService", "Device"),
    *("Schedule", "Slot", "Questionnaire"),
}
"""Persons and places keep their own label: nothing passes from them nor to them."""

GATED_KINDS: Final = frozenset({"Patient"})
"""Written through the room that owns the truth behind them (the index), never straight into the store."""


class Interaction(StrEnum):
    """What a caller wants; the keys of the policy page."""

    READ = "read"
    SEARCH = "search"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


CONFIDENTIALITY_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
CONFIDENTIALITY: Final = {"R": 4, "V": 5}
"""meta.security of an incoming resource may raise its label, never lower it."""
