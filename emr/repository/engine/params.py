"""The search parameters of each kind: name, type, where in the resource, and for references to what.

One line per kind: `name@path:targets`. `token` takes Coding, CodeableConcept, code, boolean, ContactPoint;
`date` is the kind's clinical date (one per kind, a column); `reference` names the types it may point to.
"""

from dataclasses import dataclass
from typing import Final

PERFORMERS: Final = "Practitioner,PractitionerRole,Organization,CareTeam,Patient,RelatedPerson"


@dataclass(frozen=True, slots=True)
class Param:
    """One search parameter. `path` is split at dots; lists on the way are entered."""

    name: str
    type: str
    path: tuple[str, ...]
    targets: tuple[str, ...] = ()


def _params(tokens: str = "", references: str = "", strings: str = "") -> dict[str, Param]:
    found: dict[str, Param] = {}
    for type_, line in (("token", tokens), ("reference", references), ("string", strings)):
        for word in line.split():
            spec, _, targets = word.partition(":")
            name, _, path = spec.partition("@")
            found[name] = Param(
                name, type_, tuple((path or name).split(".")), tuple(filter(None, targets.split(",")))
            )
    return found


_ENCOUNTER = "encounter@encounter:Encounter"
_PERFORMER = f"performer@performer:{PERFORMERS}"
_BASED = "based-on@basedOn:ServiceRequest,CarePlan,MedicationRequest,Task,Appointment"

PARAMS: Final[dict[str, dict[str, Param]]] = {
    "Patient": _params(
        "gender active telecom phone@telecom email@telecom",
        "organization@managingOrganization:Organization "
        "general-practitioner@generalPractitioner:Practitioner,PractitionerRole,Organization",
        "name family@name.family given@name.given",
    ),
    "Person": _params("gender telecom", "link@link.target:Patient", "name"),
    "RelatedPerson": _params("gender telecom active relationship", "", "name"),
    "Practitioner": _params("active gender", "", "name family@name.family given@name.given"),
    "PractitionerRole": _params(
        "active role@code specialty",
        "practitioner@practitioner:Practitioner organization@organization:Organization",
    ),
    "Organization": _params("active type", "partof@partOf:Organization", "name"),
    "Location": _params(
        "status type", "organization@managingOrganization:Organization partof@partOf:Location", "name"
    ),
    "Encounter": _params(
        "status class type",
        "service-provider@serviceProvider:Organization episode-of-care@episodeOfCare:EpisodeOfCare "
        "based-on@basedOn:ServiceRequest part-of@partOf:Encounter "
        "participant@participant.individual:Practitioner,PractitionerRole,RelatedPerson "
        "diagnosis@diagnosis.condition:Condition,Procedure location@location.location:Location",
    ),
    "EpisodeOfCare": _params("status type", "organization@managingOrganization:Organization"),
    "Condition": _params(
        "code category clinical-status@clinicalStatus verification-status@verificationStatus severity",
        f"{_ENCOUNTER} asserter@asserter:Practitioner,PractitionerRole,Patient",
    ),
    "AllergyIntolerance": _params(
        "code category criticality type clinical-status@clinicalStatus verification-status@verificationStatus",
        _ENCOUNTER,
    ),
    "Observation": _params(
        "code category status value-concept@valueCodeableConcept",
        f"{_ENCOUNTER} {_BASED} {_PERFORMER} specimen@specimen:Specimen device@device:Device "
        "has-member@hasMember:Observation derived-from@derivedFrom:Observation,Media,ImagingStudy,DocumentReference",
    ),
    "DiagnosticReport": _params(
        "code category status conclusion@conclusionCode",
        f"{_ENCOUNTER} {_BASED} {_PERFORMER} result@result:Observation imaging-study@imagingStudy:ImagingStudy "
        "results-interpreter@resultsInterpreter:Practitioner,PractitionerRole,Organization specimen@specimen:Specimen",
    ),
    "ServiceRequest": _params(
        "code category status intent priority requisition",
        f"{_ENCOUNTER} {_BASED} {_PERFORMER} requester@requester:Practitioner,PractitionerRole,Organization "
        "replaces@replaces:ServiceRequest",
    ),
    "Task": _params(
        "code status intent priority business-status@businessStatus group-identifier@groupIdentifier",
        "encounter@encounter:Encounter based-on@basedOn:ServiceRequest,CarePlan,Task part-of@partOf:Task "
        "focus@focus:ServiceRequest,DiagnosticReport,CarePlan,Observation,Encounter "
        "owner@owner:Practitioner,PractitionerRole,Organization "
        "requester@requester:Practitioner,PractitionerRole,Organization",
    ),
    "ImagingStudy": _params(
        "status modality@series.modality bodysite@series.bodySite series@series.uid instance@series.instance.uid",
        f"{_ENCOUNTER} basedon@basedOn:ServiceRequest,CarePlan,Task,Appointment based-on@basedOn:ServiceRequest",
    ),
    "Procedure": _params("code category status", f"{_ENCOUNTER} based-on@basedOn:ServiceRequest,CarePlan"),
    "Composition": _params(
        "type category status", f"{_ENCOUNTER} author@author:Practitioner,Organization", "title"
    ),
    "DocumentReference": _params(
        "type category status",
        "encounter@context.encounter:Encounter author@author:Practitioner,Organization",
    ),
    "CarePlan": _params(
        "category status intent",
        f"{_ENCOUNTER} based-on@basedOn:CarePlan,ServiceRequest care-team@careTeam:CareTeam "
        "condition@addresses:Condition",
    ),
    "CareTeam": _params(
        "category status", f"{_ENCOUNTER} participant@participant.member:Practitioner,Organization"
    ),
    "Goal": _params("category lifecycle-status@lifecycleStatus"),
    "MedicationRequest": _params(
        "code@medicationCodeableConcept status intent priority category",
        f"{_ENCOUNTER} medication@medicationReference:Medication requester@requester:Practitioner,Organization",
    ),
    "MedicationStatement": _params(
        "code@medicationCodeableConcept status category",
        "context@context:Encounter,EpisodeOfCare medication@medicationReference:Medication",
    ),
    "Immunization": _params("status vaccine-code@vaccineCode", "location@location:Location"),
    "Consent": _params("status category scope", "organization@organization:Organization"),
    "Coverage": _params("status type", "payor@payor:Organization,Patient"),
    "Claim": _params(
        "status use priority type", "provider@provider:Practitioner,Organization insurer@insurer:Organization"
    ),
    "ClaimResponse": _params("status outcome use", "request@request:Claim insurer@insurer:Organization"),
    "ChargeItem": _params(
        "code status", "context@context:Encounter,EpisodeOfCare service@service:DiagnosticReport,Procedure"
    ),
    "Appointment": _params(
        "status service-type@serviceType",
        "slot@slot:Slot based-on@basedOn:ServiceRequest location@participant.actor:Location "
        "practitioner@participant.actor:Practitioner",
    ),
    "AppointmentResponse": _params(
        "part-status@participantStatus",
        "appointment@appointment:Appointment actor@actor:Practitioner,PractitionerRole,Patient",
    ),
    "Schedule": _params(
        "active service-type@serviceType", "actor@actor:Practitioner,Location,HealthcareService"
    ),
    "Slot": _params("status service-type@serviceType", "schedule@schedule:Schedule"),
    "Communication": _params(
        "status category",
        "encounter@encounter:Encounter based-on@basedOn:ServiceRequest part-of@partOf:Communication",
    ),
    "CommunicationRequest": _params(
        "status category priority", f"{_ENCOUNTER} based-on@basedOn:ServiceRequest"
    ),
    "Specimen": _params("status type accession@accessionIdentifier", "request@request:ServiceRequest"),
    "Flag": _params("status category code", _ENCOUNTER),
    "List": _params("status code", f"{_ENCOUNTER} item@entry.item:Condition,Observation,AllergyIntolerance"),
    "Media": _params("status modality type", f"{_ENCOUNTER} based-on@basedOn:ServiceRequest"),
    "QuestionnaireResponse": _params("status", f"{_ENCOUNTER} based-on@basedOn:ServiceRequest"),
    "Provenance": _params(
        "",
        "target@target:Task,ServiceRequest,Observation,DiagnosticReport,Composition agent@agent.who:Practitioner",
    ),
}

DATES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "Encounter": (("date",), ("period",)),
    "EpisodeOfCare": (("date",), ("period",)),
    "Condition": (
        ("onset-date", "recorded-date", "date"),
        ("onsetDateTime", "onsetPeriod", "recordedDate"),
    ),
    "AllergyIntolerance": (("date",), ("recordedDate", "onsetDateTime")),
    "Observation": (
        ("date",),
        ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued"),
    ),
    "DiagnosticReport": (("date",), ("effectiveDateTime", "effectivePeriod", "issued")),
    "ServiceRequest": (("authored", "date"), ("authoredOn", "occurrenceDateTime", "occurrencePeriod")),
    "Task": (("authored-on", "date"), ("authoredOn", "lastModified")),
    "ImagingStudy": (("started", "date"), ("started",)),
    "Procedure": (("date",), ("performedDateTime", "performedPeriod")),
    "Composition": (("date",), ("date",)),
    "DocumentReference": (("date",), ("date",)),
    "CarePlan": (("date",), ("period", "created")),
    "CareTeam": (("date",), ("period",)),
    "MedicationRequest": (("authoredon", "date"), ("authoredOn",)),
    "MedicationStatement": (("effective", "date"), ("effectiveDateTime", "effectivePeriod", "dateAsserted")),
    "Immunization": (("date",), ("occurrenceDateTime",)),
    "Consent": (("date",), ("dateTime",)),
    "Claim": (("created", "date"), ("created",)),
    "ClaimResponse": (("created", "date"), ("created",)),
    "ChargeItem": (("occurrence", "date"), ("occurrenceDateTime", "occurrencePeriod", "enteredDate")),
    "Appointment": (("date",), ("start", "created")),
    "Schedule": (("date",), ("planningHorizon",)),
    "Slot": (("start", "date"), ("start",)),
    "Communication": (("sent", "date"), ("sent", "received")),
    "CommunicationRequest": (("authored", "date"), ("authoredOn",)),
    "Specimen": (("date",), ("receivedTime",)),
    "Flag": (("date",), ("period",)),
    "List": (("date",), ("date",)),
    "Media": (("created", "date"), ("createdDateTime", "createdPeriod", "issued")),
    "QuestionnaireResponse": (("authored", "date"), ("authored",)),
    "Goal": (("start-date", "date"), ("startDate",)),
    "Provenance": (("recorded", "date"), ("recorded",)),
}
"""kind -> (names of its date parameter, elements in the order they are asked; the first that stands counts)."""

PATIENT_AT: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "Task": (("for",),),
    "Coverage": (("beneficiary",),),
    "Appointment": (("participant", "actor"),),
    "AppointmentResponse": (("actor",),),
    "Schedule": (("actor",),),
    "Group": (("member", "entity"),),
    "Person": (),
}
"""Where the patient stands when it is not `subject` or `patient`: paths like those of a Param."""

PATIENT_DEFAULT: Final = (("subject",), ("patient",), ("for",))
CODE_AT: Final = {
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "Composition": "type",
    "Immunization": "vaccineCode",
}
CODE_PARAM: Final = {"Composition": "type", "Immunization": "vaccine-code"}


def patient_params(kind: str) -> tuple[str, ...]:
    """The parameters of `kind` that name the patient."""
    if kind in {"Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "Slot"}:
        return ()
    names = {"Task": ("patient", "subject"), "Coverage": ("patient", "beneficiary")}
    return names.get(kind, ("patient", "subject"))
