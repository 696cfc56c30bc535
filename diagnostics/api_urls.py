"""Addresses of diagnostics' workflow API."""

from django.urls import path

from diagnostics.api import doors

EXAM = "exams/<uuid:request_id>/"

urlpatterns = [
    path("exams/", doors.Exams.as_view(), name="exams"),
    path("exams/items/", doors.Items.as_view(), name="exam_items"),
    path("exams/worklist/", doors.Worklist.as_view(), name="exam_worklist"),
    path(EXAM, doors.Exam.as_view(), name="exam"),
    path(f"{EXAM}reading/", doors.Reading.as_view(), name="exam_reading"),
    path(f"{EXAM}draft/", doors.Draft.as_view(), name="exam_draft"),
    path(f"{EXAM}register/", doors.Register.as_view(), name="exam_register"),
    path(f"{EXAM}cancel/", doors.Cancel.as_view(), name="exam_cancel"),
    path(f"{EXAM}claim/", doors.Claim.as_view(), name="exam_claim"),
    path(f"{EXAM}release/", doors.Release.as_view(), name="exam_release"),
    path(f"{EXAM}take-over/", doors.TakeOver.as_view(), name="exam_take_over"),
    path(f"{EXAM}submit/", doors.Submit.as_view(), name="exam_submit"),
    path(f"{EXAM}sign/", doors.Sign.as_view(), name="exam_sign"),
    path(f"{EXAM}review/", doors.Review.as_view(), name="exam_review"),
    path(f"{EXAM}send-back/", doors.SendBack.as_view(), name="exam_send_back"),
    path(f"{EXAM}retake/", doors.Retake.as_view(), name="exam_retake"),
    path(f"{EXAM}amend/", doors.Amend.as_view(), name="exam_amend"),
    path("reports/<uuid:report_id>/", doors.Report.as_view(), name="report"),
    path("critical-values/", doors.Criticals.as_view(), name="critical_values"),
    path(
        "critical-values/<uuid:critical_id>/acknowledge/",
        doors.Acknowledge.as_view(),
        name="critical_acknowledge",
    ),
]
