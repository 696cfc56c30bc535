"""Who did a step, for whom, and the signature where one was given: a Provenance per step."""

import base64
from typing import Final

from referral.choices import Aside, Behalf, Event
from referral.fhir.common import EVENT, TERMINOLOGY, Json, Names, concept, instant, reference
from referral.fhir.task import task_id
from referral.models import HistoryEntry, Referral

AGENT: Final = f"{TERMINOLOGY}provenance-participant-type"
CLOCK: Final = "平台时钟"
AUTHOR: Final = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}
"""Author's signature."""


def provenance(referral: Referral, entry: HistoryEntry, names: Names, *, signed: bool) -> Json:
    """The step `entry`; `signed`: the form or the reply was signed in it."""
    answer: Json = {
        "resourceType": "Provenance",
        "id": str(entry.pk),
        "target": [{"reference": f"Task/{task_id(referral)}"}],
        "occurredDateTime": instant(entry.happened_at),
        "recorded": instant(entry.happened_at),
        "activity": concept(EVENT, entry.event, _label(entry.event)),
        "agent": [_writer(entry, names), *_behalf(entry)],
    }
    if signed and referral.signature:
        answer["target"].append({"reference": f"ServiceRequest/{referral.pk}"})
        answer["signature"] = [_signature(referral.signature, entry, names)]
    return answer


def _label(event: str) -> str:
    return str((Aside if event in Aside.values else Event)(event).label)


def _who(entry: HistoryEntry, names: Names) -> Json:
    if entry.staff_id:
        return reference("Practitioner", entry.staff_id, names)
    if entry.organisation_id:
        return reference("Organization", entry.organisation_id, names)
    return {"display": CLOCK}


def _writer(entry: HistoryEntry, names: Names) -> Json:
    agent: Json = {"type": concept(AGENT, "author"), "who": _who(entry, names)}
    if entry.staff_id and entry.organisation_id:
        agent["onBehalfOf"] = reference("Organization", entry.organisation_id, names)
    return agent


def _behalf(entry: HistoryEntry) -> list[Json]:
    """Who said what staff only wrote down."""
    if not entry.behalf:
        return []
    return [{"type": concept(AGENT, "informant"), "who": {"display": str(Behalf(entry.behalf).label)}}]


def _signature(made: dict[str, str], entry: HistoryEntry, names: Names) -> Json:
    return {
        "type": [AUTHOR],
        "when": instant(entry.happened_at),
        "who": _who(entry, names),
        "targetFormat": "application/json",
        "sigFormat": f"application/x-{made['algorithm'].lower()}",
        "data": base64.b64encode(made["value"].encode()).decode(),
    }
