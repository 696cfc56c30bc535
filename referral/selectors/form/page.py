"""The form of an up leg: what it offers, what it knows already, what was typed so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium import selectors as consortium
from emr.access import selectors as access
from emr.index import selectors as index
from emr.index.selectors import PatientCard
from kernel.actor import Actor
from kernel.errors import OutOfReach
from referral.choices import Priority, Status
from referral.models import Referral
from referral.policies import REFERRAL
from referral.selectors.form.duplicates import Duplicates, duplicates
from referral.selectors.form.filled import from_record
from referral.selectors.form.offers import Offer, offers, ticked_as
from referral.selectors.form.reaching import reached
from referral.selectors.form.sketches import Typed, typed
from referral.selectors.house.directory import Entry, directory, free_text
from referral.selectors.house.limits import limit
from referral.selectors.house.second import wanted_of


@dataclass(frozen=True, slots=True)
class FormPage:
    """`urgencies`: each with the time within which it is answered. `version`, `saved_at`, `window`: of what was typed
    last. `signed_twice`: this author's form goes before a colleague first, unless it is an emergency."""

    card: PatientCard
    targets: list[Entry]
    offers: list[Offer]
    urgencies: list[tuple[str, str]]
    initial: Mapping[str, Any]
    others: Duplicates
    referral: Referral | None
    version: int = 0
    saved_at: datetime | None = None
    window: str = ""
    signed_twice: bool = False


def form_page(
    *, by: Actor, patient_id: UUID, referral: Referral | None = None, encounter_id: str = ""
) -> FormPage:
    """What the form offers and what it already knows. 403 for posts that do not refer, 404 for a closed record."""
    REFERRAL.ask(by, "draft")
    if referral is None and access.basis(by=by, patient_id=patient_id) is None:
        raise OutOfReach(detail={"model": "emr.patient", "pk": str(patient_id)})
    card = index.card(by=by, patient_id=patient_id)
    found = offers(by=by, patient_id=patient_id)
    if referral is None:
        initial = from_record(by=by, patient_id=patient_id, encounter_id=encounter_id)
        initial["doctor_phone"] = consortium.own_telephone(by)
    else:
        initial = _from_draft(referral)
        found = ticked_as(found, initial.pop("references"))
    initial["attachments"] = [one.value for one in found if one.ticked]
    places = directory(by=by)
    initial.setdefault("target", places[0].value if len(places) == 1 else "")
    last = typed(by=by, patient_id=patient_id, referral_id=referral.pk if referral else None)
    return FormPage(
        card=card,
        targets=places,
        offers=found,
        urgencies=urgencies(),
        initial=initial | _as_typed(last),
        others=duplicates(by=by, person_id=card.person_id, apart_from=referral.pk if referral else None),
        referral=referral,
        version=last.version if last else 0,
        saved_at=last.saved_at if last else None,
        window=last.window if last else "",
        signed_twice=wanted_of(by, by.place),
    )


def draft_of(*, by: Actor, referral_id: UUID) -> Referral:
    """A draft to go on with; 404 for another hospital."""
    return REFERRAL.fetch(by, "draft", referral_id)


def urgencies() -> list[tuple[str, str]]:
    """Each urgency with the time the head hospital has for its answer, the most urgent first."""
    head = consortium.head_hospital().pk
    return [(one.value, f"{one.label} {_span(limit(head, Status.SUBMITTED, one))}") for one in Priority]


def told_of(entry: Entry) -> str:
    """A department as the directory knows it: free places, and how soon one hears."""
    known = []
    if entry.free is not None:
        known.append(_("free beds %(n)s") % {"n": free_text(entry)})
    if entry.slots:
        known.append(_("clinic %(n)d free") % {"n": sum(one.free for one in entry.slots)})
    if entry.decided_in is not None:
        minutes = max(1, round(entry.decided_in.total_seconds() / 60))
        known.append(_("usually answers in %(n)d min") % {"n": minutes})
    if entry.outside:
        known.append(_("outside the county: to be filed with the insurance"))
    return " · ".join(known)


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return pgettext("time for an answer", "%(n)d min") % {"n": minutes}
    return pgettext("time for an answer", "%(n)d h") % {"n": minutes // 60}


def _from_draft(referral: Referral) -> dict[str, Any]:
    names = (
        "priority", "reason", "illness", "history", "treatment", "regimen", "precautions", "consent", "consent_way",
        "signer", "relation", "opens_protected", "advice_only",
    )  # fmt: skip
    target = f"{referral.target_id}:{referral.department_id or ''}"
    return {
        "target": target,
        "diagnosis": f"{referral.diagnosis_code} {referral.diagnosis}".strip(),
        **{name: getattr(referral, name) for name in names},
        **reached(referral).words,
        "references": [f"{row.kind}/{row.resource_id}" for row in referral.attachments.order_by("pk")],
        "version": referral.version,
        "encounter": referral.encounter_id,
    }


def _as_typed(last: Typed | None) -> dict[str, Any]:
    """What was typed stands before what the record says; of a list all that was ticked."""
    if last is None:
        return {}
    told: dict[str, Any] = {name: values[0] if values else "" for name, values in last.fields.items()}
    return told | {"attachments": last.fields.get("attachments", [])}


def may_refer(*, by: Actor) -> bool:
    """Whether the post refers at all, and has somewhere to refer to."""
    return REFERRAL.allows(by, "draft") and by.organisation != consortium.head_hospital().pk
