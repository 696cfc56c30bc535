"""STOW-RS: objects come in as multipart/related, streamed to disk, answered one by one."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from imaging import policies, services
from imaging.choices import Fault, Way
from imaging.engine.multipart import CHUNK, Malformed, Parts, content_type
from imaging.engine.query import element
from imaging.rest.doors import DICOM_JSON, NotUnderstood, door
from imaging.rest.retrieve import dicom as retrieve_study
from imaging.rest.search import studies as search_studies
from imaging.services import Arrival, Outcome
from imaging.services.arrivals import examine
from kernel import ids
from kernel.actor import Actor
from kernel.conf import data_folder
from kernel.errors import Refused, TooLarge, UnsupportedContent
from kernel.web.lengths import takes

DICOM: Final = "application/dicom"
BATCH: Final = 50
REASON: Final = {
    Fault.UNREADABLE: 0xC000,
    Fault.IDENTIFIERS_DIFFER: 0xA900,
    Fault.DUPLICATE: 0x0111,
    Fault.OTHER_PLACE: 0xC001,
    Fault.OTHER_PATIENT: 0xC002,
}
"""FailureReason (0008,1197): the DIMSE status the same object gets at the other door."""


@takes(None)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def studies(request: HttpRequest) -> HttpResponseBase:
    """/studies: GET searches, POST stores."""
    return store(request) if request.method == "POST" else search_studies(request)


@takes(None)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, study: str) -> HttpResponseBase:
    """/studies/<uid>: GET retrieves, POST stores into it."""
    return store(request, study=study) if request.method == "POST" else retrieve_study(request, study=study)


studies.login_required = study.login_required = False  # type: ignore[attr-defined]  # the doors ask by themselves


@door
def store(request: HttpRequest, *, by: Actor, study: str = "") -> HttpResponse:
    """Store the objects of one request: 200 all stored, 202 some, 4xx none; each failure named."""
    if not policies.stores_objects(by):
        raise Refused(detail={"action": "imaging.store", "model": "imaging.instance"})
    spooled: list[Path] = []
    try:
        _spool(request, spooled)
        if not spooled:
            raise NotUnderstood(_("This upload holds no object."))
        results = _receive(by, spooled, study)
    finally:
        for path in spooled:
            path.unlink(missing_ok=True)
    _settle({outcome.study_id for _arrival, outcome in results if outcome.study_id})
    return _answer(request, results)


def _spool(request: HttpRequest, spooled: list[Path]) -> None:
    """Write each part to disk and its path to `spooled`. Nothing of a request that breaks off is kept."""
    kind, parameters = content_type(request.headers.get("Content-Type", ""))
    if int(request.headers.get("Content-Length") or 0) > settings.DICOM_MAX_BYTES:
        raise TooLarge(detail={"limit": settings.DICOM_MAX_BYTES})
    if kind == DICOM:
        with _part(spooled) as take:
            while data := request.read(CHUNK):
                take(data)
        return
    if kind != "multipart/related" or parameters.get("type", DICOM).lower() != DICOM:
        raise UnsupportedContent(_('Send multipart/related; type="application/dicom".'))
    try:
        parts = Parts(request, parameters.get("boundary", ""))
        for headers in parts.each():
            if content_type(headers.get("content-type", DICOM))[0] != DICOM:
                raise UnsupportedContent(_("Every part must be application/dicom."))
            with _part(spooled) as take:
                parts.take(take)
    except (Malformed, UnreadablePostError) as error:
        raise NotUnderstood(
            _("The upload is incomplete; nothing of it was stored. Please send it again.")
        ) from error


@contextlib.contextmanager
def _part(spooled: list[Path]) -> Iterator[Callable[[bytes], None]]:
    """A new spool file as the function that writes to it. Raises TooLarge beyond the limit."""
    folder = data_folder() / "spool" / "stow"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, left = folder / f"{ids.uuid7()}.part", settings.DICOM_MAX_BYTES
    spooled.append(path)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:

        def take(data: bytes) -> None:
            nonlocal left
            left -= len(data)
            if left < 0:
                raise TooLarge(detail={"limit": settings.DICOM_MAX_BYTES})
            file.write(data)

        yield take


def _receive(by: Actor, spooled: Sequence[Path], study: str) -> list[tuple[Arrival, Outcome]]:
    """File in batches, each whole or not at all."""
    results: list[tuple[Arrival, Outcome]] = []
    for start in range(0, len(spooled), BATCH):
        arrivals = [examine(path, way=Way.STOW, source=by.name) for path in spooled[start : start + BATCH]]
        fitting = [
            one for one in arrivals if not study or one.header is None or one.header.study_uid == study
        ]
        outcomes = dict(zip(map(id, fitting), services.receive(by=by, arrivals=fitting), strict=True))
        # An object of another study than the address names is refused, not put aside: the sender still has it.
        wrong = Outcome(fault=Fault.IDENTIFIERS_DIFFER)
        results += [(arrival, outcomes.get(id(arrival), wrong)) for arrival in arrivals]
    return results


def _settle(study_ids: set[UUID]) -> None:
    for study_id in sorted(study_ids):
        services.settle(by=Actor.system("imaging"), study_id=study_id)


def _answer(request: HttpRequest, results: Sequence[tuple[Arrival, Outcome]]) -> HttpResponse:
    base = request.build_absolute_uri("/dicomweb/studies")
    stored = [_stored(arrival, base) for arrival, outcome in results if outcome.fault is None]
    failed = [_failed(arrival, outcome.fault) for arrival, outcome in results if outcome.fault is not None]
    body: dict[str, Any] = {}
    if failed:
        body["00081198"] = {"vr": "SQ", "Value": failed}
    if stored:
        body["00081199"] = {"vr": "SQ", "Value": stored}
    status = _status(results, stored=len(stored), failed=len(failed))
    return HttpResponse(orjson.dumps(body), status=status, content_type=DICOM_JSON)


def _status(results: Sequence[tuple[Arrival, Outcome]], *, stored: int, failed: int) -> int:
    if not failed:
        return 200 if stored else 400
    if stored:
        return 202
    if any(outcome.fault is not Fault.UNREADABLE for _arrival, outcome in results):
        return 409
    # Nothing here is DICOM at all, or it is and breaks off.
    return 415 if all("DICM" in outcome.detail for _arrival, outcome in results) else 422


def _stored(arrival: Arrival, base: str) -> dict[str, Any]:
    header = arrival.header
    if header is None:
        raise RuntimeError("only a readable object is stored")
    address = f"{base}/{header.study_uid}/series/{header.series_uid}/instances/{header.sop_uid}"
    return _reference(header.sop_class, header.sop_uid) | {"00081190": element("UR", address)}


def _failed(arrival: Arrival, fault: Fault) -> dict[str, Any]:
    sop_class = arrival.header.sop_class if arrival.header else ""
    return _reference(sop_class, arrival.uid) | {
        "00081197": element("US", REASON[fault]),
        "00080104": element("LO", f"{fault.label} {arrival.detail}".strip()[:64]),
    }


def _reference(sop_class: str, uid: str) -> dict[str, Any]:
    return {"00081150": element("UI", sop_class), "00081155": element("UI", uid)}
