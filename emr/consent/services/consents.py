"""A consent is given, changed and withdrawn, each time as a version; it becomes grounds or a restriction at once."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from emr.access import services as access
from emr.access.choices import Basis, Purpose
from emr.consent import events, fhir
from emr.consent.choices import (
    CHILD_BELOW,
    DENIED_LABEL,
    PURPOSES,
    SCOPE_LABEL,
    ConsentStatus,
    Decision,
    Evidence,
    Giver,
    Scope,
)
from emr.consent.engine.days import years_old
from emr.consent.models import Consent, ConsentVersion
from emr.consent.policies import AGREEMENTS, CONSENT
from emr.index.models import Patient
from emr.repository import services as repository
from kernel import audit, clock, crypto, files, idempotency, ids, labels, outbox
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, Text
from kernel.files.content import HEAD, kind_of
from kernel.models import StoredFile

OWNER = "consent"
GIVER_NAME = "emr_consentversion.giver_sealed"
SCANS: Final = ("application/pdf", "image/jpeg", "image/png")
SCAN_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of one scanned paper."""
CARING = (OrganisationKind.HEAD_HOSPITAL, OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC)


@dataclass(frozen=True, slots=True)
class Scan:
    """The signed paper as a picture or PDF, as it was sent."""

    stream: BinaryIO
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who says it and what proves it; the same for yes, no and never mind."""

    giver: str = Giver.SELF
    giver_name: str = ""
    evidence: str = Evidence.PAPER
    evidence_reference: str
    scan: Scan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Scope × purpose × period × institution (None: every institution of the consortium)."""

    decision: str
    scope: str = Scope.RECORD
    purpose: str = Purpose.TREATMENT
    organisation_id: UUID | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None
    separate: bool = False


@transaction.atomic
def give(*, by: Actor, key: str, patient_id: UUID, terms: Terms, said: Said) -> Consent:
    """Record a person's yes or no and put it into force. Raises Invalid (422) with the field that is wrong."""
    patient = AGREEMENTS.fetch(by, "consent", patient_id)
    pk = ids.uuid7()
    if done := idempotency.first(by=by, verb="consent.give", key=key, subject=pk):
        return Consent.objects.get(pk=done)
    _demand(patient, terms, said)
    row = Consent.objects.create(id=pk, patient=patient, organisation_id=patient.organisation_id)
    _put(by, row, terms, said)
    return row


@transaction.atomic
def change(*, by: Actor, consent_id: UUID, version: int, terms: Terms, said: Said) -> Consent:
    """Other terms from now on; the old ones stay readable. Raises Conflict when it was changed or withdrawn."""
    row = _standing(by, consent_id, version)
    _demand(row.patient, terms, said)
    row.version += 1
    row.save(update_fields=["version"])
    _put(by, row, terms, said)
    return row


@transaction.atomic
def withdraw(*, by: Actor, consent_id: UUID, version: int, said: Said) -> Consent:
    """The person no longer wants it: what rested on it alone closes at once, treatment goes on. One signature."""
    row = _standing(by, consent_id, version)
    _demand_giver(row.patient, said)
    last = row.versions.get(number=row.version)
    row.version, row.status = row.version + 1, ConsentStatus.WITHDRAWN
    row.save(update_fields=["version", "status"])
    terms = Terms(
        decision=last.decision,
        scope=last.scope,
        purpose=last.purpose,
        organisation_id=last.organisation_id,
        since_at=last.since_at,
        until_at=last.until_at,
        separate=last.separate,
    )
    _put(by, row, terms, said)
    return row


def _standing(by: Actor, consent_id: UUID, version: int) -> Consent:
    row = CONSENT.fetch(by, "change", consent_id, lock=True)
    if row.version != version:
        raise Conflict(code="version_conflict")
    if row.status != ConsentStatus.ACTIVE:
        raise Conflict(_("This consent was withdrawn already."), code="withdrawn")
    return row


def _demand(patient: Patient, terms: Terms, said: Said) -> None:
    wrong: dict[str, Text] = {}
    if terms.purpose not in PURPOSES:
        wrong["purpose"] = _("Choose what it is for.")
    if terms.scope == Scope.SENSITIVE and terms.decision == Decision.PERMIT and not terms.separate:
        wrong["separate"] = _("Specially protected data needs a consent of its own, asked for apart.")
    if terms.until_at and terms.until_at <= max(terms.since_at or clock.now(), clock.now()):
        wrong["until_date"] = _("The end lies before the beginning or in the past.")
    if terms.decision == Decision.DENY and terms.until_at:
        wrong["until_date"] = _("A refusal holds until it is withdrawn: leave the end empty.")
    if wrong:
        raise Invalid(fields=wrong)
    _demand_giver(patient, said)


def _demand_giver(patient: Patient, said: Said) -> None:
    born, wrong = patient.person.birth_date, dict[str, Text]()
    if born and years_old(born, clock.today()) < CHILD_BELOW and said.giver != Giver.GUARDIAN:
        wrong["giver"] = _("Below 14 years a parent or guardian consents.")
    if said.giver != Giver.SELF and not said.giver_name.strip():
        wrong["giver_name"] = _("Name who speaks for the person.")
    if not said.evidence_reference.strip():
        wrong["evidence_reference"] = _("Say where the signed paper or signature is found.")
    if wrong:
        raise Invalid(fields=wrong)


def _put(by: Actor, row: Consent, terms: Terms, said: Said) -> None:
    """The version, what it opens or closes, the resource, the traces: all or nothing."""
    now = clock.now()
    stood = ConsentVersion(
        consent=row,
        number=row.version,
        status=row.status,
        giver=said.giver,
        evidence=said.evidence,
        evidence_reference=said.evidence_reference.strip(),
        said_at=now,
        recorded_by=by.display or by.name,
        **{**asdict(terms), "since_at": terms.since_at or now},
    )
    if said.scan is not None:
        stood.scan = _kept(by, said.scan)
    if said.giver != Giver.SELF:
        stood.giver_sealed = crypto.seal(GIVER_NAME, stood.pk, said.giver_name.strip())
    stood.save(force_insert=True)
    _compile(by, row, stood)
    _publish(by, row, stood)
    detail: dict[str, str | int | bool] = {
        "version": row.version,
        "status": str(row.status),
        "decision": str(stood.decision),
    }
    audit.record(by=by, action="consent.recorded", subject=row, patient=row.patient_id, detail=detail)
    outbox.emit(events.ConsentChanged(consent_id=str(row.pk), patient_id=str(row.patient_id)))


def _kept(by: Actor, scan: Scan) -> StoredFile:
    """The scan, stored sealed. Raises Invalid (422) for what its bytes show to be neither picture nor PDF."""
    kind = kind_of(scan.stream.read(HEAD))
    scan.stream.seek(0)
    if kind not in SCANS:
        raise Invalid(fields={"scan": _("A scan is a PDF, a JPEG or a PNG.")})
    return files.ingest(
        by=by,
        stream=scan.stream,
        name=scan.name,
        content_type=kind,
        limit=SCAN_LIMIT,
        label=labels.IDENTITY,
    )


def _compile(by: Actor, row: Consent, said: ConsentVersion) -> None:
    """Grounds for a yes, a restriction for a no, neither after a withdrawal; what stood before ends first."""
    access.close_grounds(by=by, prefix=f"{_source(row)}:")
    access.lift_restriction(by=by, source=_source(row))
    if row.status != ConsentStatus.ACTIVE:
        return
    if said.decision == Decision.PERMIT:
        for place in _places(said):
            access.open_ground(
                by=by,
                patient_id=row.patient_id,
                organisation_id=place,
                basis=Basis.CONSENT,
                source=f"{_source(row)}:{place}",
                since=said.since_at,
                until=said.until_at,
                label=SCOPE_LABEL[Scope(said.scope)],
                purpose=said.purpose,
            )
    elif said.purpose == Purpose.TREATMENT:
        access.restrict(
            by=by,
            patient_id=row.patient_id,
            source=_source(row),
            organisation_id=said.organisation_id,
            label=DENIED_LABEL[Scope(said.scope)],
        )


def _source(row: Consent) -> str:
    return f"consent:{row.pk}"


def _places(said: ConsentVersion) -> list[UUID]:
    if said.organisation_id:
        return [said.organisation_id]
    return [one.pk for one in consortium.all_organisations() if one.kind in CARING]


def _publish(by: Actor, row: Consent, said: ConsentVersion) -> None:
    places = consortium.organisation_names([row.organisation_id, said.organisation_id])
    outgoing = repository.Outgoing(
        resource=fhir.consent(row, said, places),
        patient=row.patient_id,
        label=labels.CARE,
        custodian=row.organisation_id,
    )
    repository.publish(by=by, owner=OWNER, resources=[outgoing])
