"""What waits for whoever works the machine: studies without a request, objects put aside."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.choices import Role
from diagnostics import selectors as diagnostics
from diagnostics.choices import MODALITIES, Group
from emr.index import selectors as index
from emr.index.choices import Sex
from emr.index.selectors import PatientCard
from imaging import fhir, vault
from imaging.choices import QUIET_SECONDS, Doubt, Status
from imaging.models import Quarantined, Study
from imaging.policies import QUARANTINE, STUDY
from imaging.selectors.identity import device_name, differing
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import Count, Work

PAGE = 100
SEXES: Final[Mapping[str, Text]] = {"M": Sex.MALE.label, "F": Sex.FEMALE.label}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An exam request a study might belong to (a row of diagnostics), and the first thing that disagrees."""

    request: Any
    card: PatientCard
    difference: Doubt | None


@dataclass(frozen=True, slots=True)
class Unassigned:
    """One unassigned study, its name as people read it and as the device wrote it, and when it was made."""

    study: Study
    name: str
    written: str
    made: str

    @property
    def sex(self) -> Text:
        """Man or woman in words; anything else as the device wrote it."""
        return SEXES.get(self.study.sex, self.study.sex)

    @property
    def born(self) -> str:
        """The birth date in our way of writing; what is no date as the device wrote it."""
        raw = self.study.birth_date
        return f"{raw[:4]}-{raw[4:6]}-{raw[6:]}" if re.fullmatch(r"\d{8}", raw) else raw


@dataclass(frozen=True, slots=True)
class Held:
    """One unassigned study with the request the technologist looks at beside it."""

    row: Unassigned
    chosen: Candidate | None
    candidates: Sequence[Candidate]

    @property
    def order(self) -> dict[str, Any]:
        """What the assigning form starts from."""
        return {
            "version": self.row.study.version,
            "request_id": self.chosen.request.pk if self.chosen else None,
        }


def unmatched(*, by: Actor) -> list[Unassigned]:
    """Studies of the actor's places that wait to be assigned, newest first."""
    rows = STUDY.rows(by, "unassigned").filter(status=Status.UNMATCHED)
    return [unassigned(row) for row in rows.order_by("-received_at", "-pk")[:PAGE]]


def unassigned(study: Study) -> Unassigned:
    written = vault.said_of(study).patient_name
    return Unassigned(study, device_name(study).shown, written, fhir.started_at(study)[:16].replace("T", " "))


def held(*, by: Actor, study_id: UUID, request_id: UUID | None = None) -> Held:
    """One unassigned study, the open requests it might belong to, and the chosen one."""
    study = STUDY.fetch(by, "unassigned", study_id)
    offered = candidates(by=by, study=study)
    chosen = next((one for one in offered if one.request.pk == request_id), None)
    return Held(unassigned(study), chosen, offered)


def candidates(*, by: Actor, study: Study) -> list[Candidate]:
    """Requests of the place that wait for images or carry the study's number; the agreeing ones first."""
    rows = diagnostics.scheduled(by=by, modalities=MODALITIES[Group.IMAGING], organisation=study.custodian_id)
    named = (
        diagnostics.by_accession(by=by, accession_number=study.accession_number)
        if study.accession_number
        else None
    )
    if named is not None and named.pk not in {row.pk for row in rows}:
        rows = [named, *rows]
    cards = index.cards(by=by, patient_ids=[row.patient_id for row in rows])
    offered = [
        Candidate(row, cards[row.patient_id], differing(study, cards[row.patient_id]))
        for row in rows
        if row.patient_id in cards
    ]
    return sorted(
        offered, key=lambda one: (one.difference is not None, one.request.modality not in study.modalities)
    )


def put_aside(*, by: Actor) -> QuerySet[Quarantined]:
    """Objects of the actor's places nobody has dealt with, newest first."""
    rows = QUARANTINE.rows(by, "view").filter(closed_at__isnull=True)
    return rows.order_by("-received_at", "-pk")[:PAGE]


def pending(*, by: Actor, quiet_seconds: int = QUIET_SECONDS) -> list[UUID]:
    """Studies that have objects nobody has looked at and have grown quiet."""
    edge = clock.now() - timedelta(seconds=quiet_seconds)
    rows = STUDY.rows(by, "settle").filter(pending_since__isnull=False, changed_at__lte=edge)
    return list(rows.order_by("pending_since", "pk").values_list("pk", flat=True)[:100])


def shelf_counts(*, by: Actor) -> dict[str, int]:
    """How much waits on each shelf the actor's post has."""
    counts = {}
    if STUDY.allows(by, "unassigned"):
        counts["unmatched"] = STUDY.rows(by, "unassigned").filter(status=Status.UNMATCHED).count()
    if QUARANTINE.allows(by, "view"):
        counts["quarantine"] = QUARANTINE.rows(by, "view").filter(closed_at__isnull=True).count()
    return counts


def work(*, by: Actor) -> Work:
    """Tiles of a technologist, and of a doctor while studies wait for her; reading itself is diagnostics' work."""
    counts = shelf_counts(by=by)
    words = {"unmatched": _("to be assigned"), "quarantine": _("put aside")}
    always = by.has(Role.TECHNOLOGIST)
    return Work(
        counts=tuple(
            Count(f"imaging.{shelf}", words[shelf], number, reverse(f"imaging:{shelf}"))
            for shelf, number in counts.items()
            if number or always
        )
    )
