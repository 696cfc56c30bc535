"""WADO-RS: objects, frames, headers, bulk data."""

import gzip
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from imaging.engine import multipart, render, syntaxes
from imaging.engine.multipart import content_type
from imaging.rest import objects
from imaging.rest.accept import OCTETS, Form, frame_form, object_form
from imaging.rest.doors import DICOM_JSON, NotUnderstood, door, opening
from imaging.rest.objects import Stored
from kernel.actor import Actor

MAX_FRAMES = 5_000
R = TypeVar("R", bound=HttpResponseBase)


@require_safe
@door
def dicom(request: HttpRequest, *, by: Actor, study: str, **uids: str) -> HttpResponseBase:
    """A study, series or instance as DICOM files, as they came."""
    opening(by, study)
    found = objects.objects(by, study=study, **uids)
    forms = [object_form(request.headers.get("Accept", ""), one.transfer_syntax) for one in found]
    if len(found) == 1 and not forms[0].multipart:
        answer = StreamingHttpResponse(objects.pieces(found[0].file_id), content_type="application/dicom")
        answer["Content-Length"] = str(found[0].size)
        return _private(answer)
    return _multipart(_files(found, forms), "application/dicom")


def _files(found: Sequence[Stored], forms: Sequence[Form]) -> Iterator[tuple[str, Iterable[bytes]]]:
    for one, form in zip(found, forms, strict=True):
        yield form.part_type, objects.pieces(one.file_id)


@require_safe
@door
def frames(
    request: HttpRequest, *, by: Actor, study: str, series: str, instance: str, numbers: str
) -> HttpResponseBase:
    """Frames by number (`1`, `1,2,5`), as stored or as plain pixels."""
    opening(by, study)
    found = objects.pixels(by, study=study, series=series, instance=instance, numbers=_numbers(numbers))
    syntax = found.transfer_syntax
    form = frame_form(request.headers.get("Accept", ""), syntax, decodes=render.decodes(syntax))
    parts = list(objects.little_endian(found) if form.decoded else objects.frame_bytes(found))
    if not form.multipart and len(parts) == 1:
        answer = HttpResponse(parts[0], content_type=form.part_type)
        return _private(answer, keep=True)
    return _private(
        _multipart(((form.part_type, [part]) for part in parts), form.kind, whole=True), keep=True
    )


def _numbers(text: str) -> list[int]:
    numbers = [int(part) for part in text.split(",") if part.isascii() and part.isdigit() and len(part) < 8]
    if not numbers or len(numbers) > MAX_FRAMES or 0 in numbers or len(numbers) != text.count(",") + 1:
        raise NotUnderstood(_("frame numbers count from 1 and are separated by commas"))
    return numbers


@require_safe
@door
def metadata(request: HttpRequest, *, by: Actor, study: str, **uids: str) -> HttpResponse:
    """Headers as DICOM JSON; large binary values as addresses."""
    opening(by, study)
    base = request.build_absolute_uri("/dicomweb/studies/")
    rows = [
        header.replace(
            b'"BulkDataURI":"',
            f'"BulkDataURI":"{base}{one}/series/{series}/instances/{uid}/bulkdata/'.encode("ascii"),
        )
        for one, series, uid, header in objects.headers(by, study=study, **uids)
    ]
    body = b"[" + b",".join(rows) + b"]"
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(gzip.compress(body, 1, mtime=0) if packed else body, content_type=DICOM_JSON)
    if packed:
        answer["Content-Encoding"] = "gzip"
    answer["Vary"] = "Accept-Encoding"
    return _private(answer)


@require_safe
@door
def bulkdata(
    request: HttpRequest, *, by: Actor, study: str, series: str, instance: str, place: str
) -> HttpResponseBase:
    """A large binary value by the place its header names."""
    opening(by, study)
    found = objects.objects(by, study=study, series=series, instance=instance)[0]
    start, _dash, length = place.partition("-")
    if found.transfer_syntax == syntaxes.DEFLATED_LE or int(start) + int(length) > found.size:
        raise NotUnderstood(_("no such place in this object"))
    with objects.opened(found.file_id) as file:
        file.seek(int(start))
        data = file.read(int(length))
    kind, _parameters = content_type(request.headers.get("Accept", ""))
    if kind == "multipart/related":
        return _private(_multipart([(OCTETS, [data])], OCTETS, whole=True), keep=True)
    return _private(HttpResponse(data, content_type=OCTETS), keep=True)


def _multipart(
    parts: Iterable[tuple[str, Iterable[bytes]]], kind: str, *, whole: bool = False
) -> HttpResponse | StreamingHttpResponse:
    boundary = secrets.token_hex(16)
    described = f'multipart/related; type="{kind}"; boundary={boundary}'
    body = _body(parts, boundary)
    if whole:
        return HttpResponse(b"".join(body), content_type=described)
    return StreamingHttpResponse(body, content_type=described)


def _body(parts: Iterable[tuple[str, Iterable[bytes]]], boundary: str) -> Iterator[bytes]:
    first = True
    for kind, data in parts:
        yield multipart.head(boundary, kind, first=first)
        yield from data
        first = False
    yield multipart.tail(boundary)


def _private(answer: R, *, keep: bool = False) -> R:
    """Only the caller's own browser may keep it; pixels never change under their identifier."""
    answer["Cache-Control"] = "private, max-age=600" if keep else "private, no-store"
    return answer
