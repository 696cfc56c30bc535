"""QIDO-RS: studies, series and instances by their attributes."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final

import orjson
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from imaging import vault
from imaging.choices import RESULT_LIMIT, RESULT_MOST, SIFTED_MOST
from imaging.engine.charset import person_name
from imaging.engine.query import Plan, element, plan
from imaging.rest.doors import DICOM_JSON, door, visible
from kernel import audit
from kernel.actor import Actor

Row = Sequence[Any]

STUDY_COLUMNS: Final = (
    "st.uid, st.study_date, st.study_time, st.accession_number, st.modalities, st.said_sealed, st.id,"
    " st.birth_date, st.sex, st.description, st.series_count, st.instance_count"
)
SERIES_COLUMNS: Final = "e.uid, e.modality, e.number, e.description, e.body_part, e.instance_count"
INSTANCE_COLUMNS: Final = "i.uid, i.sop_class, i.number, i.rows, i.columns, i.frame_count, i.transfer_syntax"

NEWEST: Final = "st.study_date DESC, st.study_time DESC, st.id DESC"
FROM: Final = {
    "studies": ("imaging_study st", NEWEST, STUDY_COLUMNS),
    "series": (
        "imaging_study st JOIN imaging_series e ON e.study_id = st.id",
        f"{NEWEST}, e.number, e.uid",
        f"{STUDY_COLUMNS}, {SERIES_COLUMNS}",
    ),
    "instances": (
        "imaging_study st JOIN imaging_series e ON e.study_id = st.id JOIN imaging_instance i ON i.series_id = e.id",
        f"{NEWEST}, e.number, e.uid, i.number, i.uid",
        f"{STUDY_COLUMNS}, {SERIES_COLUMNS}, {INSTANCE_COLUMNS}",
    ),
}


def asked_for(request: HttpRequest) -> list[tuple[str, str]]:
    """The query string's pairs, repeated names included."""
    return [(name, str(value)) for name, values in request.GET.lists() for value in values]


@require_safe
@door
def studies(request: HttpRequest, *, by: Actor) -> HttpResponse:
    return _answer(request, by, "studies", plan(asked_for(request), level="studies"))


@require_safe
@door
def series(request: HttpRequest, *, by: Actor, study: str = "") -> HttpResponse:
    return _answer(request, by, "series", _under(plan(asked_for(request), level="series"), study))


@require_safe
@door
def instances(request: HttpRequest, *, by: Actor, study: str = "", series: str = "") -> HttpResponse:
    return _answer(
        request, by, "instances", _under(plan(asked_for(request), level="instances"), study, series)
    )


def _under(asked: Plan, study: str, series: str = "") -> Plan:
    if study:
        asked.add("st.uid = %s", study)
        # Inside one study everything is wanted, as the standard's clients expect.
        asked.limit = RESULT_MOST if asked.limit is None else asked.limit
    if series:
        asked.add("e.uid = %s", series)
    return asked


def _answer(request: HttpRequest, by: Actor, level: str, asked: Plan) -> HttpResponse:
    limit = min(RESULT_LIMIT if asked.limit is None else asked.limit, RESULT_MOST)
    with transaction.atomic():
        rows = _rows(by, level, asked, limit)
        audit.record(
            by=by, action="imaging.searched", detail={"level": level, "found": min(len(rows), limit)}
        )
    base = request.build_absolute_uri("/dicomweb/studies/")
    body = orjson.dumps([SHAPE[level](row, base) for row in rows[:limit]])
    response = HttpResponse(body, content_type=DICOM_JSON)
    response["Cache-Control"] = "private, no-store"
    _warn(response, asked, more=len(rows) > limit or asked.cut)
    return response


def _rows(by: Actor, level: str, asked: Plan, limit: int) -> list[Row]:
    """One row more than `limit` when there are more, with what the device said about the person opened."""
    tables, order, columns = FROM[level]
    sieve = asked.sieve
    if sieve.pieces:
        asked.add("st.name_tokens @> %s::bigint[]", vault.tokens(sieve.pieces))
    for number in sieve.patient_ids:
        asked.add("st.patient_id_key = %s", vault.patient_id_key(number))
    predicate, parameters = visible(by)
    where = " AND ".join([predicate, *asked.conditions])
    most, offset = (SIFTED_MOST, 0) if sieve.sifts else (limit + 1, asked.offset)
    query = f"SELECT {columns} FROM {tables} WHERE {where} ORDER BY {order} LIMIT %s OFFSET %s"  # noqa: S608  own SQL
    with connection.cursor() as cursor:
        cursor.execute(query, [*parameters, *asked.parameters, most, offset])
        rows = cursor.fetchall()
        asked.cut = sieve.sifts and len(rows) == SIFTED_MOST
        opened = (_opened(row) for row in rows)
        found = opened if not sieve.sifts else (row for row in opened if sieve.passes(row[5]))
        skipped = asked.offset if sieve.sifts else 0
        return list(islice(found, skipped, skipped + limit + 1))


def _opened(row: Row) -> Row:
    return (*row[:5], vault.unseal_said(row[0], row[5]), *row[6:])


def _warn(response: HttpResponse, asked: Plan, *, more: bool) -> None:
    words = []
    if more:
        words.append(
            '299 lianyi "The number of results exceeded the limit; ask for the next page with offset."'
        )
    if asked.ignored:
        names = "".join(
            char for char in ", ".join(asked.ignored)[:100] if char.isascii() and char.isprintable()
        )
        words.append(f'299 lianyi "Not supported and ignored: {names.replace(chr(34), "")}"')
    if words:
        response["Warning"] = ", ".join(words)


def _study(row: Row, base: str) -> dict[str, Any]:
    groups = zip(("Alphabetic", "Ideographic", "Phonetic"), person_name(row[5].patient_name), strict=True)
    name = {key: value for key, value in groups if value}
    return {
        "00080020": element("DA", row[1]),
        "00080030": element("TM", row[2]),
        "00080050": element("SH", row[3]),
        "00080056": element("CS", "ONLINE"),
        "00080061": element("CS", *row[4]),
        "00081030": element("LO", row[9]),
        "00081190": element("UR", f"{base}{row[0]}"),
        "00100010": element("PN", name or None),
        "00100020": element("LO", row[5].patient_id),
        "00100030": element("DA", row[7]),
        "00100040": element("CS", row[8]),
        "0020000D": element("UI", row[0]),
        "00201206": element("IS", row[10]),
        "00201208": element("IS", row[11]),
    }


def _series(row: Row, base: str) -> dict[str, Any]:
    uid, modality, number, description, body_part, count = row[12:18]
    return _study(row, base) | {
        "00080060": element("CS", modality),
        "0008103E": element("LO", description),
        "00081190": element("UR", f"{base}{row[0]}/series/{uid}"),
        "00180015": element("CS", body_part),
        "0020000E": element("UI", uid),
        "00200011": element("IS", number),
        "00201209": element("IS", count),
    }


def _instance(row: Row, base: str) -> dict[str, Any]:
    uid, sop_class, number, rows, columns, frames, syntax = row[18:25]
    return _series(row, base) | {
        "00080016": element("UI", sop_class),
        "00080018": element("UI", uid),
        "00081190": element("UR", f"{base}{row[0]}/series/{row[12]}/instances/{uid}"),
        "00083002": element("UI", syntax),
        "00200013": element("IS", number),
        "00280008": element("IS", frames),
        "00280010": element("US", rows or None),
        "00280011": element("US", columns or None),
    }


SHAPE: Final[dict[str, Callable[[Row, str], dict[str, Any]]]] = {
    "studies": _study,
    "series": _series,
    "instances": _instance,
}
