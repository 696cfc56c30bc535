"""Verbs of the reading desk. The pages around them belong to ecg and imaging (`choices.READING_PAGE`)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diagnostics import selectors, services
from diagnostics.choices import READING_PAGE, WORKLIST_PAGE, Group
from diagnostics.forms import PlainForm, ReadingForm, ReasonForm
from kernel.errors import OutOfReach
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


def writing_page(request: StaffRequest, request_id: UUID) -> dict[str, Any]:
    """What stands around a report that could not be taken as it was typed."""
    reading = services.open_reading(by=request.actor, request_id=request_id)
    return {"reading": reading, "card": reading.card, "back": READING_PAGE[reading.group]}


def back(reading: selectors.Reading) -> HttpResponse:
    return redirect(READING_PAGE[reading.group], reading.request.pk)


def onward(reading: selectors.Reading) -> HttpResponse:
    """The next case, or the list when nothing waits."""
    if reading.next_id is None:
        return redirect(WORKLIST_PAGE[reading.group])
    return redirect(READING_PAGE[reading.group], reading.next_id)


@require_POST
@keeps_input("diagnostics/writing.html", PlainForm, context=writing_page)
def claim(request: StaffRequest, request_id: UUID) -> HttpResponse:
    services.claim(by=request.actor, request_id=request_id)
    return back(services.open_reading(by=request.actor, request_id=request_id))


@require_GET
def next_case(request: StaffRequest, group: str) -> HttpResponse:
    """The most urgent case nobody reads; the list when there is none."""
    if group not in Group.values:
        raise OutOfReach
    found = selectors.next_case(by=request.actor, group=group)
    return redirect(READING_PAGE[group], found) if found else redirect(WORKLIST_PAGE[group])


@require_POST
@keeps_input("diagnostics/writing.html", PlainForm, context=writing_page)
def release(request: StaffRequest, request_id: UUID) -> HttpResponse:
    services.release(by=request.actor, request_id=request_id)
    return onward(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input("diagnostics/writing.html", ReasonForm, context=writing_page)
def take_over(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = ReasonForm.valid(request)
    services.take_over(by=request.actor, request_id=request_id, **form.order())
    return back(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input(
    "diagnostics/writing.html",
    ReadingForm,
    context=writing_page,
    fragment="diagnostics/writing.html#conflict",
)
def draft(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Autosave and the save button: htmx gets the saved line and the draft's new version."""
    form = ReadingForm.valid(request)
    saved = services.save_draft(by=request.actor, request_id=request_id, **form.draft())
    if request.htmx:
        return render(request, "diagnostics/report_panel.html#saved", {"draft": saved})
    return back(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input("diagnostics/writing.html", ReadingForm, context=writing_page)
def submit(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = ReadingForm.valid(request)
    services.save_draft(by=request.actor, request_id=request_id, **form.draft())
    services.submit(by=request.actor, request_id=request_id)
    messages.success(request, _("Submitted for review."))
    return onward(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input("diagnostics/writing.html", ReadingForm, context=writing_page)
def sign(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """What was typed is saved first: a signature that is refused loses no word."""
    form = ReadingForm.valid(request)
    services.save_draft(by=request.actor, request_id=request_id, **form.draft())
    services.sign(by=request.actor, request_id=request_id)
    messages.success(request, _("Signed. The requesting doctor has been told."))
    return onward(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input("diagnostics/writing.html", PlainForm, context=writing_page)
def review(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = PlainForm.valid(request)
    services.review(by=request.actor, request_id=request_id, version=form.version)
    messages.success(request, _("Reviewed and signed."))
    return onward(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input("diagnostics/writing.html", ReasonForm, context=writing_page)
def send_back(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = ReasonForm.valid(request)
    services.send_back(by=request.actor, request_id=request_id, version=form.version, **form.order())
    messages.success(request, _("Returned to its writer."))
    return onward(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input("diagnostics/writing.html", ReasonForm, context=writing_page)
def retake(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = ReasonForm.valid(request)
    services.retake(by=request.actor, request_id=request_id, **form.order())
    messages.success(request, _("The branch has been asked to make it again."))
    return onward(services.open_reading(by=request.actor, request_id=request_id))


@require_POST
@keeps_input("diagnostics/writing.html", ReasonForm, context=writing_page)
def amend(request: StaffRequest, request_id: UUID) -> HttpResponse:
    form = ReasonForm.valid(request)
    services.amend(by=request.actor, request_id=request_id, version=form.version, **form.order())
    return back(services.open_reading(by=request.actor, request_id=request_id))
