"""Pages of the ECG centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diagnostics import selectors as diagnostics
from ecg import selectors, services
from ecg.choices import REFUSALS
from ecg.engine.record import MAX_BYTES
from ecg.forms import MatchForm, TakeBackForm, UploadForm
from ecg.models import Recording
from kernel.actor import Actor
from kernel.errors import DomainError, Text
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest
from kernel.web.lengths import takes

MOST_BYTES: Final = 3 * MAX_BYTES
"""Of one upload with several files. More is refused before its first byte is read."""
SAMPLES: Final = "application/vnd.lianyi.ecg"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file. `other`: it names another person than the request does."""

    name: str
    recording: Recording | None = None
    other: bool = False
    error: DomainError | None = None

    @property
    def words(self) -> Text:
        return self.error.message if self.error else ""


@require_GET
def worklist(request: StaffRequest) -> HttpResponse:
    """`/ecg/`"""
    listed = selectors.worklist(by=request.actor, tab=request.GET.get("tab", "open"))
    return render(request, "ecg/worklist.html", {"listed": listed, "reads": diagnostics.reads(request.actor)})


def read_page(request: StaffRequest, request_id: UUID, recording_id: UUID | None = None) -> dict[str, Any]:
    """One request with its newest valid recording."""
    page = services.open_page(by=request.actor, request_id=request_id)
    return {"page": page, "reading": page.reading, "shown": page.shown, "phrases": "ecg/phrases.html"}


@require_GET
def read(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """`/ecg/read/<request>/`"""
    context = {**read_page(request, request_id), "form": TakeBackForm()}
    return render(request, "ecg/read.html", context)


@require_POST
@keeps_input("ecg/read.html", TakeBackForm, context=read_page)
def take_back(request: StaffRequest, request_id: UUID, recording_id: UUID) -> HttpResponse:
    """The recording is another person's: it goes to the queue, where it is given to the right one."""
    form = TakeBackForm.valid(request)
    services.take_back(by=request.actor, recording_id=recording_id, request_id=request_id, **form.order())
    messages.success(request, _("Taken back. Say here whose it is."))
    return redirect("ecg:unmatched_recording", recording_id)


@require_GET
@cache_control(private=True, max_age=3600, immutable=True)
def samples(request: StaffRequest, recording_id: UUID) -> HttpResponse:
    """The packed samples: they never change, the address names them."""
    body = services.open_samples(by=request.actor, recording_id=recording_id)
    return HttpResponse(body, content_type=SAMPLES, headers={"Content-Encoding": "gzip"})


def take(by: Actor, upload: "UploadedFile[Any]", request_id: UUID | None) -> Taken:
    """One file of several: its refusal does not stop the others."""
    name, kind, stream = upload.name or "", upload.content_type or "", cast(BinaryIO, upload)
    try:
        kept = services.receive(by=by, stream=stream, name=name, content_type=kind, request_id=request_id)
        return Taken(name, kept, selectors.told_apart(by=by, recording=kept))
    except DomainError as error:
        return Taken(name, error=error)


def status_of(results: Sequence[Taken]) -> int:
    """The first refusal's status, or 200."""
    return next((one.error.status for one in results if one.error), 200)


def upload_page(request: StaffRequest) -> dict[str, Any]:
    given = request.POST.get("request_id") or request.GET.get("request", "")
    order = diagnostics.order(by=request.actor, request_id=given) if given else None  # type: ignore[arg-type]  # a wrong id is out of reach
    return {"order": order, "card": order.card if order else None}


@takes(MOST_BYTES, REFUSALS["too_large"])
@require_http_methods(["GET", "POST"])
@keeps_input("ecg/upload.html", context=upload_page)
def upload(request: StaffRequest) -> HttpResponse:
    """`/ecg/upload/`: from an order (`?request=`), or without one; every file gets its own answer."""
    if request.method != "POST":
        form = UploadForm(initial={"request_id": request.GET.get("request")})
        return render(request, "ecg/upload.html", {**upload_page(request), "form": form})
    form = UploadForm.valid(request)
    results = [take(request.actor, one, form.cleaned_data["request_id"]) for one in form.uploads]
    context = {**upload_page(request), "form": UploadForm(), "results": results}
    return render(request, "ecg/upload.html", context, status=status_of(results))


@require_GET
def unmatched(request: StaffRequest) -> HttpResponse:
    """`/ecg/unmatched/`"""
    return render(request, "ecg/unmatched.html", {"rows": selectors.unmatched(by=request.actor)})


def unmatched_page(request: StaffRequest, recording_id: UUID) -> dict[str, Any]:
    asked = request.GET.get("number") or request.POST.get("accession_number", "")
    number = asked.strip().upper()[:16]
    page = services.open_unmatched(by=request.actor, recording_id=recording_id, number=number)
    form = MatchForm(initial={"version": page.shown.recording.version})
    return {"page": page, "shown": page.shown, "form": form}


@require_http_methods(["GET", "POST"])
@keeps_input("ecg/unmatched_recording.html", context=unmatched_page)
def unmatched_recording(request: StaffRequest, recording_id: UUID) -> HttpResponse:
    """`/ecg/unmatched/<id>/`: look at it, say whose it is. What has been matched meanwhile is shown as its case."""
    if request.method == "POST":
        return match(request, recording_id)
    page = unmatched_page(request, recording_id)
    recording = page["shown"].recording
    if recording.request_id:
        return redirect("ecg:read", recording.request_id)
    return render(request, "ecg/unmatched_recording.html", page)


def match(request: StaffRequest, recording_id: UUID) -> HttpResponse:
    form = MatchForm.valid(request)
    found = services.match(by=request.actor, recording_id=recording_id, version=form.version, **form.order())
    messages.success(request, _("Matched."))
    return redirect("ecg:read", found.request_id)
