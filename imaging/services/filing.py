"""Objects become rows: idempotent on the SOP Instance UID, and nothing that arrived is thrown away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from imaging import vault
from imaging.choices import Fault, Status
from imaging.engine import names
from imaging.engine.scan import Header
from imaging.engine.sieve import Said
from imaging.models import Instance, Series, Study
from imaging.services.arrivals import Arrival, Outcome
from imaging.services.putting_aside import put_aside, stored_file
from kernel import audit, clock, ids, labels
from kernel.actor import Actor
from kernel.errors import Conflict, Refused

TRIES = 3


class Raced(Exception):
    """Another transaction filed the same object or study first; the whole order is tried again."""


@dataclass(frozen=True, slots=True)
class Known:
    """A study as it stands: where it came from and whose it says it is."""

    custodian: UUID
    said: Said


def receive(*, by: Actor, arrivals: Sequence[Arrival]) -> list[Outcome]:
    """File what came in, in the order given, in one transaction: after it no killed process loses any of it.

    Bytes are on disk and rows are committed when this returns. The same object again is `again`; other bytes
    under a known identifier, another patient in a known study, or an unreadable object is put aside. Raises
    Refused (403) for an actor without an institution, Conflict (409) when others keep getting in between.
    """
    if by.organisation is None:
        raise Refused(detail={"action": "imaging.receive"})
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _receive(by, by.organisation, arrivals)
        except Raced:
            continue
    raise Conflict(_("Others are storing the same objects. Please send them again."), code="raced")


def _receive(by: Actor, place: UUID, arrivals: Sequence[Arrival]) -> list[Outcome]:
    known = _known_instances([arrival.uid for arrival in arrivals])
    studies = _known_studies([arrival.header.study_uid for arrival in arrivals if arrival.header])
    outcomes: dict[int, Outcome] = {}
    filing: list[tuple[int, Arrival, Header]] = []
    for index, arrival in enumerate(arrivals):
        fault = arrival.fault or _misfit(arrival, place, known, studies)
        if fault is None and arrival.header is not None and arrival.uid not in known:
            filing.append((index, arrival, arrival.header))
            known[arrival.uid] = (arrival.digest, None)
            studies.setdefault(arrival.header.study_uid, _claims(arrival.header, place))
        elif fault is None:
            outcomes[index] = Outcome(study_id=known[arrival.uid][1], again=True)
        else:
            put_aside(by=by, place=place, arrival=arrival, fault=fault)
            outcomes[index] = Outcome(fault=fault, detail=arrival.detail)
    for uid, group in groupby(
        sorted(filing, key=lambda row: row[2].study_uid), key=lambda row: row[2].study_uid
    ):
        rows = list(group)
        study_id = _file(by, place, uid, [(arrival, header) for _index, arrival, header in rows])
        outcomes.update({index: Outcome(study_id=study_id) for index, _arrival, _header in rows})
    return [outcomes[index] for index in range(len(arrivals))]


def _known_instances(uids: Sequence[str]) -> dict[str, tuple[bytes, UUID | None]]:
    rows = Instance.objects.filter(uid__in=uids).values_list("uid", "digest", "study_id")
    return {uid: (bytes(digest), study_id) for uid, digest, study_id in rows}


def _known_studies(uids: Sequence[str]) -> dict[str, Known]:
    rows = Study.objects.filter(uid__in=uids).values_list("uid", "custodian", "said_sealed")
    return {uid: Known(custodian, vault.unseal_said(uid, sealed)) for uid, custodian, sealed in rows}


def _claims(header: Header, place: UUID) -> Known:
    name = "=".join(header.patient_name).rstrip("=")[:200]
    return Known(place, Said(header.patient_id[:64], name, names.search_text(header.patient_name)[:600]))


def _misfit(
    arrival: Arrival,
    place: UUID,
    known: Mapping[str, tuple[bytes, UUID | None]],
    studies: Mapping[str, Known],
) -> Fault | None:
    """Why a readable object must not be filed; None when it may, or is there already."""
    header = arrival.header
    if header is None:
        return Fault.UNREADABLE
    if arrival.uid in known:
        return None if known[arrival.uid][0] == arrival.digest else Fault.DUPLICATE
    study, claims = studies.get(header.study_uid), _claims(header, place)
    if study is None or study == claims:
        return None
    return Fault.OTHER_PLACE if study.custodian != place else Fault.OTHER_PATIENT


def _file(by: Actor, place: UUID, uid: str, rows: Sequence[tuple[Arrival, Header]]) -> UUID:
    """All new objects of one study. Files first: the study's row is locked only afterwards."""
    files = [stored_file(by=by, arrival=arrival) for arrival, _header in rows]
    study_id, fresh = _study(place, uid, rows[0][1])
    series = _series(study_id, [header for _arrival, header in rows])
    now = clock.now()
    instances = [
        _instance(by, study_id, series[header.series_uid], arrival, header, file, now)
        for (arrival, header), file in zip(rows, files, strict=True)
    ]
    Instance.objects.bulk_create(instances, ignore_conflicts=True)
    _count(study_id, [header for _arrival, header in rows], instances)
    if fresh:
        detail = {"way": str(rows[0][0].way), "source": rows[0][0].source}
        audit.record(by=by, action="imaging.study_received", subject=Study(pk=study_id), detail=detail)
    return study_id


STUDY = """
    INSERT INTO imaging_study (
        id, version, uid, custodian_org, label, status, doubt, accession_number, said_sealed, patient_id_key,
        name_tokens, birth_date, sex, study_date, study_time, description, modalities, series_count,
        instance_count, byte_count, received_at, changed_at, pending_since, assigned_by, assigned_reason)
    VALUES (%s, 1, %s, %s, %s, %s, '', %s, %s, %s, %s, %s, %s, %s, %s, %s, '{}', 0, 0, 0, %s, %s, %s, '', '')
    ON CONFLICT (uid) DO UPDATE SET
        changed_at = EXCLUDED.changed_at,
        pending_since = COALESCE(imaging_study.pending_since, EXCLUDED.pending_since)
    RETURNING id, custodian_org, said_sealed"""


def _study(place: UUID, uid: str, header: Header) -> tuple[UUID, bool]:
    """The study's row, made or touched, locked until the end; whether it is new."""
    pk, now = ids.uuid7(), clock.now()
    claims = _claims(header, place)
    values: list[Any] = [
        pk, uid, place, labels.CARE, Status.RECEIVED, header.accession_number[:64],
        vault.seal_said(uid, claims.said), vault.patient_id_key(claims.said.patient_id),
        vault.name_tokens(claims.said), header.birth_date[:8], header.sex[:16],
        header.study_date[:8], header.study_time[:16], header.study_description[:200], now, now, now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STUDY, values)
        study_id, custodian, sealed = cursor.fetchone()
    if Known(custodian, vault.unseal_said(uid, sealed)) != claims:
        raise Raced
    return study_id, study_id == pk


def _series(study_id: UUID, headers: Sequence[Header]) -> dict[str, UUID]:
    """Rows of the series, made where missing: uid -> id."""
    now = clock.now()
    first = {header.series_uid: header for header in reversed(headers)}
    Series.objects.bulk_create(
        [
            Series(
                study_id=study_id,
                uid=uid,
                modality=header.modality[:16],
                number=header.series_number,
                description=header.series_description[:200],
                body_part=header.body_part[:64],
                received_at=now,
            )
            for uid, header in first.items()
        ],
        ignore_conflicts=True,
    )
    return dict(Series.objects.filter(study=study_id, uid__in=list(first)).values_list("uid", "pk"))


def _instance(
    by: Actor, study_id: UUID, series_id: UUID, arrival: Arrival, header: Header, file: Any, now: Any
) -> Instance:
    import orjson  # lazy: only the doors write DICOM JSON

    return Instance(
        study_id=study_id,
        series_id=series_id,
        uid=header.sop_uid,
        sop_class=header.sop_class,
        transfer_syntax=header.transfer_syntax,
        number=header.instance_number,
        rows=max(header.rows, 0),
        columns=max(header.columns, 0),
        frame_count=header.frame_count,
        file=file,
        size=arrival.size,
        digest=arrival.digest,
        dataset_offset=header.dataset_offset,
        frame_offsets=list(header.frames.offsets),
        frame_lengths=list(header.frames.lengths),
        fragmented=header.frames.fragmented,
        metadata_sealed=vault.seal_metadata(header.sop_uid, orjson.dumps(header.metadata)),
        way=arrival.way,
        source=arrival.source[:150],
        received_at=now,
    )


COUNT = """
    UPDATE imaging_study s SET
        version = version + 1,
        series_count = (SELECT count(*) FROM imaging_series e WHERE e.study_id = s.id),
        instance_count = instance_count + %s,
        byte_count = byte_count + %s,
        modalities = ARRAY(SELECT DISTINCT m FROM unnest(s.modalities || %s::varchar[]) m WHERE m <> '' ORDER BY m)
    WHERE s.id = %s"""
COUNT_SERIES = """
    UPDATE imaging_series e SET instance_count = e.instance_count + n.count
    FROM (SELECT series_id, count(*) FROM imaging_instance WHERE id = ANY(%s) GROUP BY series_id) n
    WHERE e.id = n.series_id"""


def _count(study_id: UUID, headers: Sequence[Header], instances: Sequence[Instance]) -> None:
    """Bring the counts up to date. Raises Raced when one of the instances was filed by somebody else meanwhile."""
    pks = [instance.pk for instance in instances]
    modalities = sorted({header.modality[:16] for header in headers})
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SERIES, [pks])
        cursor.execute("SELECT count(*) FROM imaging_instance WHERE id = ANY(%s)", [pks])
        if cursor.fetchone()[0] != len(pks):
            raise Raced
        cursor.execute(COUNT, [len(pks), sum(instance.size for instance in instances), modalities, study_id])
