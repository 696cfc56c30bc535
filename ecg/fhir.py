"""A recording as a FHIR R4 Observation: MDC 131328, one SampledData per lead, our measurements beside it. Pure."""

from typing import Any, Final

from ecg.models import Recording

Json = dict[str, Any]

MDC: Final = "urn:iso:std:iso:11073:10101"
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
SAMPLES: Final = "urn:lianyi:ecg-samples"
LEADS: Final = {
    "I": 131329, "II": 131330, "V1": 131331, "V2": 131332, "V3": 131333, "V4": 131334, "V5": 131335, "V6": 131336,
    "III": 131389, "aVR": 131390, "aVL": 131391, "aVF": 131392,
}  # fmt: skip
"""MDC_ECG_ELEC_POTL_<lead>."""
NUMBERS: Final = (
    ("rate", "8867-4", "Heart rate", "/min"),
    ("pr", "8625-6", "P-R Interval", "ms"),
    ("qrs", "8633-0", "QRS duration", "ms"),
    ("qt", "8634-8", "Q-T interval", "ms"),
    ("qtc_bazett", "8636-3", "Q-T interval corrected", "ms"),
    ("axis", "8632-2", "QRS axis", "deg"),
)


def lead(name: str, recording: Recording) -> Json:
    """Scale and period of one lead; the samples themselves lie behind the extension's address."""
    code = {"text": name}
    if name in LEADS:
        code["coding"] = [
            {"system": MDC, "code": str(LEADS[name]), "display": f"MDC_ECG_ELEC_POTL_{name.upper()}"}
        ]  # type: ignore[assignment]  # a CodeableConcept holds both
    return {
        "code": code,
        "valueSampledData": {
            "origin": {"value": 0, "unit": "uV", "system": UCUM, "code": "uV"},
            "period": round(1000 / recording.rate, 6),
            "factor": recording.lsb,
            "dimensions": 1,
        },
    }


def number(value: float, code: str, display: str, unit: str) -> Json:
    return {
        "code": {"coding": [{"system": LOINC, "code": code, "display": display}]},
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
    }


CATEGORY: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
    "code": "procedure",
    "display": "Procedure",
}
CODE: Final = {
    "coding": [
        {"system": MDC, "code": "131328", "display": "MDC_ECG_ELEC_POTL"},
        {"system": LOINC, "code": "11524-6", "display": "EKG study"},
    ]
}


def observation(recording: Recording, address: str, status: str = "preliminary") -> Json:
    """`address` is where the packed samples are served from."""
    attachment = {"contentType": "application/vnd.lianyi.ecg", "url": address}
    measured = [
        number(recording.measured[name], code, display, unit)
        for name, code, display, unit in NUMBERS
        if recording.measured.get(name) is not None
    ]
    return {
        "resourceType": "Observation",
        "id": str(recording.pk),
        "extension": [{"url": SAMPLES, "valueAttachment": attachment}],
        "status": status,
        "basedOn": [{"reference": f"ServiceRequest/{recording.request_id}"}],
        "category": [{"coding": [CATEGORY]}],
        "code": CODE,
        "subject": {"reference": f"Patient/{recording.patient_id}"},
        "effectiveDateTime": (recording.recorded_at or recording.received_at).isoformat(
            timespec="milliseconds"
        ),
        "performer": [{"reference": f"Organization/{recording.organisation_id}"}],
        "component": [*[lead(name, recording) for name in recording.leads], *measured],
    }
