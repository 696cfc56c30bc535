"""What of the record may go along with a form, by reference: counted, dated, chosen by tick."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import ngettext, pgettext

from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from referral.choices import AttachmentKind

EACH: Final = 12
"""Of each kind the newest."""
RECENT: Final = timedelta(days=7)
"""What is younger goes along unless it is unticked; of what is older the newest of its kind."""
RECORDINGS: Final = frozenset({"131328", "11524-6"})
"""Codes of ECG recordings among the observations."""
SINGLE: Final = (AttachmentKind.SUMMARY, AttachmentKind.ECG, AttachmentKind.REPORT, AttachmentKind.IMAGE)
"""Kinds whose pieces are ticked one by one; the others go in one heap."""
STANDING: Final = frozenset({"active", "intended", "unknown", "completed", ""})
WRONG: Final = frozenset({"refuted", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A piece or a heap of the record. `value`: its references (`Type/id`), with spaces between; `old`: folded away."""

    value: str
    kind: Text
    title: str
    day: str
    ticked: bool = False
    old: bool = False

    @property
    def references(self) -> frozenset[str]:
        return frozenset(self.value.split())


def offers(*, by: Actor, patient_id: UUID) -> list[Offer]:
    """Recordings, reports, images and summaries newest first, then diagnoses, medicines and allergies as heaps."""
    kinds = [kind.value for kind in AttachmentKind]
    told = repository.of_patient_kinds(by=by, patient_id=patient_id, kinds=kinds, limit=EACH)
    told[AttachmentKind.ECG] = [one for one in told[AttachmentKind.ECG] if _is_recording(one)]
    found = [offer for kind in SINGLE for offer in _singly(kind, told[kind])]
    drugs = [*told[AttachmentKind.MEDICINE], *told[AttachmentKind.PRESCRIPTION]]
    heaps = (
        (AttachmentKind.PROBLEM, _standing(told[AttachmentKind.PROBLEM])),
        (AttachmentKind.MEDICINE, _standing(drugs)),
        (AttachmentKind.ALLERGY, _standing(told[AttachmentKind.ALLERGY])),
    )
    return found + [_heap(kind, ones) for kind, ones in heaps if ones]


def ticked_as(found: Iterable[Offer], references: Iterable[str]) -> list[Offer]:
    """The same offers, ticked where all of a piece goes along already."""
    chosen = set(references)
    return [replace(one, ticked=one.references <= chosen, old=False) for one in found]


def _is_recording(resource: Mapping[str, Any]) -> bool:
    return bool({one.get("code") for one in resource.get("code", {}).get("coding", [])} & RECORDINGS)


def _singly(kind: AttachmentKind, resources: Sequence[Mapping[str, Any]]) -> list[Offer]:
    since = (clock.now() - RECENT).isoformat()[:10]
    made = []
    for place, one in enumerate(resources):
        day = _day(one)
        ticked = place == 0 or (kind != AttachmentKind.SUMMARY and day >= since)
        made.append(Offer(f"{kind.value}/{one['id']}", kind.label, _title(one), day, ticked, not ticked))
    return made


def _heap(kind: AttachmentKind, resources: Sequence[Mapping[str, Any]]) -> Offer:
    value = " ".join(f"{one['resourceType']}/{one['id']}" for one in resources)
    names = list(dict.fromkeys(_title(one) for one in resources if _title(one)))
    return Offer(value, _counted(kind, len(names) or len(resources)), "、".join(names[:6]), "", ticked=True)


def _counted(kind: AttachmentKind, number: int) -> str:
    said = {"n": number}
    if kind == AttachmentKind.PROBLEM:
        return ngettext("%(n)d diagnosis on record", "%(n)d diagnoses on record", number) % said
    if kind == AttachmentKind.MEDICINE:
        return ngettext("%(n)d medicine taken", "%(n)d medicines taken", number) % said
    return ngettext("allergies: %(n)d entry", "allergies: %(n)d entries", number) % said


def _standing(resources: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Without what was found wrong or has been stopped."""
    kept = []
    for one in resources:
        state = one.get("verificationStatus") or {}
        codes = {coding.get("code") for coding in state.get("coding", [])}
        if not codes & WRONG and str(one.get("status") or "") in STANDING:
            kept.append(one)
    return kept


def _title(resource: Mapping[str, Any]) -> str:
    code = resource.get("code") or resource.get("medicationCodeableConcept") or resource.get("type") or {}
    return str(
        resource.get("title")
        or resource.get("description")
        or code.get("text")
        or pgettext("referral", "untitled")
    )


def _day(resource: Mapping[str, Any]) -> str:
    when = resource.get("effectiveDateTime") or resource.get("started") or resource.get("date") or ""
    return str(when)[:10]
