"""One page about one person: what she agreed to, whom she signed with, what the law opens, what she asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from consortium import selectors as consortium
from emr.access.choices import Basis
from emr.access.models import Ground
from emr.consent.choices import ConsentStatus, Giver
from emr.consent.models import Consent, ConsentVersion, Contract, PersonRequest
from emr.consent.policies import AGREEMENTS, CONSENT, CONTRACT, FAMILY
from emr.consent.selectors.requests import RequestLine, lines
from emr.index.models import Patient
from emr.index.selectors import PatientCard, card, cards
from kernel import clock, crypto
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text
from kernel.models import StoredFile


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a consent: what was said, by whom, on what proof."""

    number: int
    status: str
    status_text: Text
    decision: str
    decision_text: Text
    scope: str
    scope_text: Text
    purpose_text: Text
    place: str
    since_at: datetime
    until_at: datetime | None
    giver_text: Text
    evidence_text: Text
    evidence_reference: str
    said_at: datetime
    recorded_by: str
    scanned: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent with its versions, the newest first."""

    id: UUID
    version: int
    active: bool
    over: bool
    mine: bool
    now: VersionLine
    before: tuple[VersionLine, ...]


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A family-doctor contract."""

    id: UUID
    version: int
    patient: PatientCard
    team: str
    doctor: str
    place: str
    since_date: date
    until_date: date
    runs: bool
    ended_at: datetime | None
    ended_reason: str
    mine: bool


@dataclass(frozen=True, slots=True)
class DutyLine:
    """An institution that reads along because the law says so."""

    id: UUID
    place: str
    law: str
    opened_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgreementsPage:
    """All of it for one patient."""

    card: PatientCard
    consents: tuple[ConsentLine, ...]
    contracts: tuple[ContractLine, ...]
    duties: tuple[DutyLine, ...]
    requests: tuple[RequestLine, ...]
    may_contract: bool
    may_assign: bool


def agreements(*, by: Actor, patient_id: UUID) -> AgreementsPage:
    """The page of one's own record of a person. Raises OutOfReach (404) for another institution's."""
    patient = AGREEMENTS.fetch(by, "view", patient_id)
    own = Patient.objects.filter(person=patient.person_id, organisation__in=by.organisations)
    requests = PersonRequest.objects.filter(patient__in=own).order_by("-received_at", "-pk")
    return AgreementsPage(
        card=card(by=by, patient_id=patient_id),
        consents=_consents(by, patient),
        contracts=_contracts(by, Contract.objects.filter(patient__person=patient.person_id)),
        duties=_duties(patient),
        requests=tuple(lines(by=by, rows=list(requests[:30]))),
        may_contract=AGREEMENTS.allows(by, "contract"),
        may_assign=AGREEMENTS.allows(by, "assign"),
    )


def contracts_running(*, by: Actor) -> tuple[ContractLine, ...]:
    """The institution's running contracts, the first to end first. Raises Refused (403)."""
    rows = CONTRACT.rows(by, "view").filter(ended_at__isnull=True, until_date__gt=clock.today())
    return _contracts(by, rows.order_by("until_date", "pk")[:200])


def family_team(*, by: Actor, patient_id: UUID) -> tuple[str, UUID | None]:
    """Team and doctor of the person's running contract with the acting institution; ("", None) without one."""
    today = clock.today()
    rows = Contract.objects.filter(
        patient__person__patients=patient_id,
        organisation__in=by.organisations,
        ended_at__isnull=True,
        since_date__lte=today,
        until_date__gt=today,
    )
    found = rows.order_by("-since_date", "-pk").values_list("team", "doctor_id").first()
    return found or ("", None)


def places(*, by: Actor) -> list[tuple[str, str]]:
    """Institutions a consent can name, for a field's choices."""
    return [(str(one.pk), one.short_name) for one in consortium.all_organisations()]


def doctors(*, by: Actor) -> list[tuple[str, str]]:
    """Doctors of the acting institution who can lead a team."""
    found = {one.pk: one.name for role in FAMILY for one in consortium.colleagues(role, by.place)}
    return [(str(pk), name) for pk, name in found.items()]


def _consents(by: Actor, patient: Patient) -> tuple[ConsentLine, ...]:
    rows = list(Consent.objects.filter(patient__person=patient.person_id).order_by("-pk"))
    versions: dict[UUID, list[ConsentVersion]] = {}
    found = ConsentVersion.objects.filter(consent__in=rows).order_by("consent_id", "-number")
    for one in found:
        versions.setdefault(one.consent_id, []).append(one)
    names = consortium.organisation_names(
        [one.organisation_id for group in versions.values() for one in group]
    )
    told = [_consent(by, row, [_version(one, names) for one in versions[row.pk]]) for row in rows]
    return tuple(sorted(told, key=lambda one: not one.active))


def _consent(by: Actor, row: Consent, versions: list[VersionLine]) -> ConsentLine:
    last, now = versions[0], clock.now()
    over = last.until_at is not None and last.until_at <= now
    active = row.status == ConsentStatus.ACTIVE
    mine = row.organisation_id in by.organisations
    return ConsentLine(row.pk, row.version, active, over, mine, last, tuple(versions[1:]))


def consent_now(*, by: Actor, patient_id: UUID, consent_id: UUID) -> ConsentVersion:
    """The version that holds today's terms of a consent one may change. 404 for another institution's."""
    row = CONSENT.fetch(by, "change", consent_id)
    if row.patient_id != patient_id:
        raise OutOfReach(detail={"model": "emr.consent", "pk": str(consent_id)})
    return ConsentVersion.objects.select_related("consent").get(consent=row, number=row.version)


def scan_of(*, by: Actor, patient_id: UUID, consent_id: UUID, number: int) -> StoredFile:
    """The scanned paper of one version of a consent. 404 where there is none, or another institution's."""
    row = CONSENT.fetch(by, "view", consent_id)
    said = ConsentVersion.objects.select_related("scan").filter(consent=row, number=number).first()
    if row.patient_id != patient_id or said is None or said.scan is None:
        raise OutOfReach(detail={"model": "emr.consent", "pk": str(consent_id)})
    return said.scan


def _version(row: ConsentVersion, names: dict[UUID, str]) -> VersionLine:
    giver: Text = row.get_giver_display()
    if row.giver != Giver.SELF and row.giver_sealed:
        said = crypto.unseal("emr_consentversion.giver_sealed", row.pk, row.giver_sealed)
        giver = f"{giver} {said}"
    return VersionLine(
        number=row.number,
        status=row.status,
        status_text=row.get_status_display(),
        decision=row.decision,
        decision_text=row.get_decision_display(),
        scope=row.scope,
        scope_text=row.get_scope_display(),
        purpose_text=row.get_purpose_display(),
        place=names.get(row.organisation_id, "") if row.organisation_id else "",
        since_at=row.since_at,
        until_at=row.until_at,
        giver_text=giver,
        evidence_text=row.get_evidence_display(),
        evidence_reference=row.evidence_reference,
        said_at=row.said_at,
        recorded_by=row.recorded_by,
        scanned=row.scan_id is not None,
    )


def _contracts(by: Actor, rows: Iterable[Contract]) -> tuple[ContractLine, ...]:
    found = list(rows)
    found.sort(key=lambda row: (row.ended_at is not None, row.until_date))
    people = consortium.names(row.doctor_id for row in found)
    names = consortium.organisation_names(row.organisation_id for row in found)
    patients = cards(by=by, patient_ids=[row.patient_id for row in found])
    today = clock.today()
    return tuple(
        ContractLine(
            id=row.pk,
            version=row.version,
            patient=patients[row.patient_id],
            team=row.team,
            doctor=people.get(row.doctor_id, ""),
            place=names.get(row.organisation_id, ""),
            since_date=row.since_date,
            until_date=row.until_date,
            runs=row.ended_at is None and row.since_date <= today < row.until_date,
            ended_at=row.ended_at,
            ended_reason=row.ended_reason,
            mine=row.organisation_id in by.organisations,
        )
        for row in found
    )


def _duties(patient: Patient) -> tuple[DutyLine, ...]:
    rows = Ground.objects.filter(
        patient__person=patient.person_id,
        basis=Basis.PUBLIC_HEALTH,
        closed_at__isnull=True,
        until_at__gt=clock.now(),
    ).order_by("until_at", "pk")
    found = list(rows)
    names = consortium.organisation_names(row.organisation_id for row in found)
    return tuple(
        DutyLine(row.pk, names.get(row.organisation_id, ""), row.note, row.opened_at, row.until_at)
        for row in found
    )
