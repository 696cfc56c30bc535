"""Addresses of the insurance desk, below /insurance/."""

from django.urls import path

from insurance_bridge.views import coverage, days, desk, shifts

app_name = "insurance_bridge"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("visits/<uuid:visit_id>/", desk.visit, name="visit"),
    path("visits/<uuid:visit_id>/check/", desk.check, name="check"),
    path("visits/<uuid:visit_id>/fees/", desk.add_fee, name="add_fee"),
    path("visits/<uuid:visit_id>/settle/", desk.settle, name="settle"),
    path("visits/<uuid:visit_id>/deposit/", desk.deposit, name="deposit"),
    path("visits/<uuid:visit_id>/deposit/back/", desk.return_deposit, name="return_deposit"),
    path("visits/<uuid:visit_id>/settlements/<uuid:settlement_id>/look/", desk.look_again, name="look_again"),
    path("visits/<uuid:visit_id>/settlements/<uuid:settlement_id>/pay/", desk.pay, name="pay"),
    path("visits/<uuid:visit_id>/settlements/<uuid:settlement_id>/cancel/", desk.cancel, name="cancel"),
    path("visits/<uuid:visit_id>/settlements/<uuid:settlement_id>/refund/", desk.refund, name="refund"),
    path("fees/<uuid:line_id>/void/", desk.void_fee, name="void_fee"),
    path("patients/<uuid:patient_id>/visit/", desk.open_visit, name="open_visit"),
    path("patients/<uuid:patient_id>/coverage/", coverage.coverage_panel, name="coverage_panel"),
    path("patients/<uuid:patient_id>/tag/", coverage.coverage_tag, name="coverage_tag"),
    path("patients/<uuid:patient_id>/transfer/", coverage.transfer, name="transfer"),
    path("shift/", shifts.my_shift, name="my_shift"),
    path("shift/<uuid:shift_id>/", shifts.shift, name="shift"),
    path("shift/<uuid:shift_id>/close/", shifts.close_shift, name="close_shift"),
    path("days/", days.days, name="days"),
    path("days/<str:day>/", days.day, name="day"),
    path("days/<str:day>/compare/", days.compare, name="compare"),
    path("days/<str:day>/close/", days.close, name="close_day"),
    path("days/<str:day>/cases/<uuid:case_id>/", days.end_case, name="end_case"),
]
