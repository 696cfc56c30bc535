"""Workflow API of diagnostics: exams from request to report, reports, critical values."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from diagnostics import selectors, services
from diagnostics.api.shapes import (
    CriticalOut,
    CriticalsIn,
    DraftIn,
    DraftOut,
    ExamIn,
    ExamOut,
    ExamRowOut,
    ExamsIn,
    ItemOut,
    ReadBackIn,
    ReadingOut,
    ReportIn,
    ReportOut,
    WorklistIn,
)
from diagnostics.models import ExamRequest
from diagnostics.selectors import Filters
from kernel.actor import Actor
from kernel.errors import Conflict
from kernel.web.drf import Api, ApiRequest, ReasonIn, VersionIn, once, page_of

REPEATED = _("The same exam was made or ordered recently. Look at it first.")


def shown(by: Actor, request_id: UUID) -> Response:
    """The request as it stands now."""
    return Response(ExamOut(selectors.order(by=by, request_id=request_id)).data)


class Items(Api):
    """What can be ordered."""

    @extend_schema(responses=ItemOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        return Response(ItemOut(selectors.items(by=request.actor), many=True).data)


class Exams(Api):
    """Exam requests of the acting side, newest first."""

    @extend_schema(parameters=[ExamsIn], responses=page_of(ExamRowOut))
    def get(self, request: ApiRequest) -> Response:
        page = selectors.listed(by=request.actor, **ExamsIn.asked(request))
        return Response(page_of(ExamRowOut)(page).data)

    @extend_schema(request=ExamIn, responses=ExamOut)
    def post(self, request: ApiRequest) -> Response:
        """Ask a centre for an exam. 409 "recent_same" where it was made recently, until `anyway` says it is meant."""
        said = ExamIn.of(request)
        by, anyway = request.actor, said.pop("anyway", False)
        order = {"encounter_id": None, **said}
        made = once(
            request,
            said,
            lambda: ordered(by, order, anyway=anyway),
            lambda: services.request_exam(by=by, **order),
        )
        return shown(by, made.pk)


def ordered(by: Actor, order: dict[str, Any], *, anyway: bool) -> ExamRequest:
    """Ask for the exam. Raises Conflict (409) for one that was made or ordered recently."""
    repeat = selectors.recent_same(by=by, patient_id=order["patient_id"], item_code=order["item_code"])
    if repeat is not None and not anyway:
        raise Conflict(REPEATED, code="recent_same", detail={"request": str(repeat.request.pk)})
    return services.request_exam(by=by, **order)


class Worklist(Api):
    """The reading centre's list: urgent first, then the first due; at most fifty."""

    @extend_schema(parameters=[WorklistIn], responses=ExamRowOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        said = WorklistIn.asked(request)
        filters = Filters(tab=said["tab"], modality=said["modality"])
        cases = selectors.worklist(by=request.actor, modality_group=said["group"], filters=filters)
        return Response(ExamRowOut(cases, many=True).data)


class Exam(Api):
    """One exam request."""

    @extend_schema(responses=ExamOut)
    def get(self, request: ApiRequest, request_id: UUID) -> Response:
        return shown(request.actor, request_id)


class Reading(Api):
    """One case as its reader sees it; looking opens the patient's record, on record."""

    @extend_schema(responses=ReadingOut)
    def get(self, request: ApiRequest, request_id: UUID) -> Response:
        return Response(ReadingOut(services.open_reading(by=request.actor, request_id=request_id)).data)


class Draft(Api):
    """Keep what the holder of a case has written so far."""

    @extend_schema(request=DraftIn, responses=DraftOut)
    def post(self, request: ApiRequest, request_id: UUID) -> Response:
        said = DraftIn.of(request)
        text = {name: value for name, value in said.items() if name != "key"}
        draft = once(
            request,
            said,
            lambda: services.save_draft(by=request.actor, request_id=request_id, **text),
            lambda: services.open_reading(by=request.actor, request_id=request_id).draft,
        )
        return Response(DraftOut(draft).data)


def verb(name: str, words: str, order: Callable[..., Any], takes: type[VersionIn] = VersionIn) -> type[Api]:
    """The door of one step: it hands on what was sent and answers with the request as it stands."""

    def post(self: Api, request: ApiRequest, request_id: UUID) -> Response:
        said = takes.of(request)
        fields = {field: value for field, value in said.items() if field != "key"}
        once(request, said, lambda: order(by=request.actor, request_id=request_id, **fields), lambda: None)
        return shown(request.actor, request_id)

    post.__doc__ = words
    described = extend_schema(request=takes, responses=ExamOut)(post)
    return type(name, (Api,), {"__doc__": words, "post": described})


Register = verb("Register", "The technologist takes the patient in.", services.register)
Cancel = verb("Cancel", "The requesting side withdraws a request.", services.cancel, ReasonIn)
Claim = verb("Claim", "A reader takes the case.", services.claim)
Release = verb("Release", "The holder puts the case back.", services.release)
TakeOver = verb("TakeOver", "Take a case over that lies idle.", services.take_over, ReasonIn)
Submit = verb("Submit", "The writer hands the report to review.", services.submit)
Sign = verb("Sign", "The writer signs.", services.sign)
Review = verb("Review", "The second pair of eyes signs.", services.review)
SendBack = verb("SendBack", "The reviewer returns the report.", services.send_back, ReasonIn)
Retake = verb("Retake", "The material cannot be read: make it again.", services.retake, ReasonIn)
Amend = verb("Amend", "Correct a signed report; the signed versions stay.", services.amend, ReasonIn)


class Report(Api):
    """A signed report, the newest version unless another is named; the requesting side has then seen it."""

    @extend_schema(parameters=[ReportIn], responses=ReportOut)
    def get(self, request: ApiRequest, report_id: UUID) -> Response:
        version = ReportIn.asked(request).get("version")
        page = services.open_report(by=request.actor, report_id=report_id, version=version)
        return Response(ReportOut(page).data)


class Criticals(Api):
    """Critical values of the acting side; those that wait for a read-back, or all."""

    @extend_schema(parameters=[CriticalsIn], responses=CriticalOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        rows = selectors.criticals(by=request.actor, **CriticalsIn.asked(request))
        return Response(CriticalOut(rows, many=True).data)


class Acknowledge(Api):
    """Read a critical value back: its words again, and what is done."""

    @extend_schema(request=ReadBackIn, responses=CriticalOut)
    def post(self, request: ApiRequest, critical_id: UUID) -> Response:
        said = ReadBackIn.of(request)
        fields = {name: value for name, value in said.items() if name != "key"}
        row = once(
            request,
            said,
            lambda: services.acknowledge(by=request.actor, critical_id=critical_id, **fields),
            lambda: selectors.critical_page(by=request.actor, critical_id=critical_id).critical,
        )
        return Response(CriticalOut(row).data)
