"""Visits, fee lines, settlements, days."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from insurance_bridge import selectors, services
from insurance_bridge.api.shapes import (
    DayOut,
    FeeIn,
    FeeOut,
    PayIn,
    ReconciliationOut,
    SettleIn,
    SettlementOut,
    SettlementsIn,
    VisitIn,
    VisitOut,
    VisitPageOut,
    VisitsIn,
)
from insurance_bridge.selectors.days import date_of
from kernel.actor import Actor
from kernel.web.drf import Api, ApiRequest, KeyIn, ReasonIn, once, page_of


def settled(by: Actor, settlement_id: UUID) -> Response:
    """The settlement as it stands now."""
    return Response(SettlementOut(selectors.settlement(by=by, settlement_id=settlement_id)).data)


def visited(by: Actor, visit_id: UUID) -> Response:
    """The visit as it stands now."""
    page = selectors.visit_page(by=by, visit_id=visit_id)
    told: dict[str, Any] = {**VisitOut(page.visit).data, "fees": FeeOut(page.lines, many=True).data}
    told["settlement"] = SettlementOut(page.settlement).data if page.settlement else None
    return Response(told)


class Visits(Api):
    """Insured visits of the acting institution, newest first."""

    @extend_schema(parameters=[VisitsIn], responses=page_of(VisitOut))
    def get(self, request: ApiRequest) -> Response:
        page = selectors.visit_list(by=request.actor, **VisitsIn.asked(request))
        return Response(page_of(VisitOut)(page).data)

    @extend_schema(request=VisitIn, responses=VisitPageOut)
    def post(self, request: ApiRequest) -> Response:
        """Open the insured visit of a patient."""
        said = VisitIn.of(request)
        made = once(request, said, lambda: services.open_visit(by=request.actor, **said))
        return visited(request.actor, made.pk)


class Visit(Api):
    """One visit with its fee lines and its settlement."""

    @extend_schema(responses=VisitPageOut)
    def get(self, request: ApiRequest, visit_id: UUID) -> Response:
        return visited(request.actor, visit_id)


class Check(Api):
    """Ask the centre how the patient is insured; its answer comes by worker."""

    @extend_schema(request=KeyIn, responses=VisitPageOut)
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        said, by = KeyIn.of(request), request.actor
        once(request, said, lambda: services.check_eligibility(by=by, visit_id=visit_id), lambda: None)
        return visited(by, visit_id)


class Fees(Api):
    """Charge an item to a visit."""

    @extend_schema(request=FeeIn, responses=VisitPageOut)
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        said = FeeIn.of(request)
        once(request, said, lambda: services.add_fee(by=request.actor, visit_id=visit_id, **said))
        return visited(request.actor, visit_id)


class VoidFee(Api):
    """Take a fee line back; it stays readable."""

    @extend_schema(request=KeyIn, responses=FeeOut)
    def post(self, request: ApiRequest, line_id: UUID) -> Response:
        said, by = KeyIn.of(request), request.actor
        line = once(
            request,
            said,
            lambda: services.void_fee(by=by, line_id=line_id),
            lambda: selectors.fee_line(by=by, line_id=line_id),
        )
        return Response(FeeOut(line).data)


class Settle(Api):
    """Send the settlement of a visit to the centre; its answer comes by worker."""

    @extend_schema(request=SettleIn, responses=SettlementOut)
    def post(self, request: ApiRequest, visit_id: UUID) -> Response:
        said, by = SettleIn.of(request), request.actor
        made = once(request, said, lambda: services.request_settlement(by=by, visit_id=visit_id, **said))
        return settled(by, made.pk)


class Settlements(Api):
    """Settlements of the acting institution, newest first."""

    @extend_schema(parameters=[SettlementsIn], responses=page_of(SettlementOut))
    def get(self, request: ApiRequest) -> Response:
        page = selectors.settlements(by=request.actor, **SettlementsIn.asked(request))
        return Response(page_of(SettlementOut)(page).data)


class Settlement(Api):
    """One settlement."""

    @extend_schema(responses=SettlementOut)
    def get(self, request: ApiRequest, settlement_id: UUID) -> Response:
        return settled(request.actor, settlement_id)


class Pay(Api):
    """Take the patient's own share."""

    @extend_schema(request=PayIn, responses=SettlementOut)
    def post(self, request: ApiRequest, settlement_id: UUID) -> Response:
        said, by = PayIn.of(request), request.actor
        once(request, said, lambda: services.take_payment(by=by, settlement_id=settlement_id, **said))
        return settled(by, settlement_id)


class Reverse(Api):
    """Ask the centre to cancel a settlement; its money goes back when the centre has agreed."""

    @extend_schema(request=ReasonIn, responses=SettlementOut)
    def post(self, request: ApiRequest, settlement_id: UUID) -> Response:
        said, by = ReasonIn.of(request), request.actor
        once(request, said, lambda: services.cancel_settlement(by=by, settlement_id=settlement_id, **said))
        return settled(by, settlement_id)


class Days(Api):
    """The last days of the acting institution."""

    @extend_schema(responses=DayOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        return Response(DayOut(selectors.days(by=request.actor), many=True).data)


class Day(Api):
    """The reconciliation of one day, `YYYY-MM-DD`."""

    @extend_schema(responses=ReconciliationOut)
    def get(self, request: ApiRequest, day: str) -> Response:
        page = selectors.day_page(by=request.actor, day_date=date_of(day))
        return Response(ReconciliationOut(page).data)
