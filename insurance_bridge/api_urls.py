"""Addresses of the insurance desk's workflow API."""

from django.urls import path

from insurance_bridge.api import doors

VISIT = "insurance/visits/<uuid:visit_id>/"
SETTLEMENT = "insurance/settlements/<uuid:settlement_id>/"

urlpatterns = [
    path("insurance/visits/", doors.Visits.as_view(), name="visits"),
    path(VISIT, doors.Visit.as_view(), name="visit"),
    path(f"{VISIT}check/", doors.Check.as_view(), name="visit_check"),
    path(f"{VISIT}fees/", doors.Fees.as_view(), name="visit_fees"),
    path(f"{VISIT}settle/", doors.Settle.as_view(), name="visit_settle"),
    path("insurance/fees/<uuid:line_id>/void/", doors.VoidFee.as_view(), name="fee_void"),
    path("insurance/settlements/", doors.Settlements.as_view(), name="settlements"),
    path(SETTLEMENT, doors.Settlement.as_view(), name="settlement"),
    path(f"{SETTLEMENT}pay/", doors.Pay.as_view(), name="settlement_pay"),
    path(f"{SETTLEMENT}reverse/", doors.Reverse.as_view(), name="settlement_reverse"),
    path("insurance/days/", doors.Days.as_view(), name="days"),
    path("insurance/days/<str:day>/", doors.Day.as_view(), name="day"),
]
