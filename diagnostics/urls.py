"""Addresses of diagnostics."""

from django.urls import URLPattern, URLResolver, path

from diagnostics.views import orders, reading

app_name = "diagnostics"
urlpatterns: list[URLPattern | URLResolver] = [
    path("patients/<uuid:patient_id>/orders/new/", orders.order_new, name="order_new"),
    path("patients/<uuid:patient_id>/exams/", orders.patient_panel, name="patient_panel"),
    path("orders/", orders.orders, name="orders"),
    path("orders/next/<slug:group>/", reading.next_case, name="next_case"),
    path("orders/<uuid:request_id>/", orders.order, name="order"),
    path("orders/<uuid:request_id>/register/", orders.register, name="register"),
    path("orders/<uuid:request_id>/cancel/", orders.cancel, name="cancel"),
    path("orders/<uuid:request_id>/claim/", reading.claim, name="claim"),
    path("orders/<uuid:request_id>/release/", reading.release, name="release"),
    path("orders/<uuid:request_id>/take-over/", reading.take_over, name="take_over"),
    path("orders/<uuid:request_id>/draft/", reading.draft, name="draft"),
    path("orders/<uuid:request_id>/submit/", reading.submit, name="submit"),
    path("orders/<uuid:request_id>/sign/", reading.sign, name="sign"),
    path("orders/<uuid:request_id>/review/", reading.review, name="review"),
    path("orders/<uuid:request_id>/send-back/", reading.send_back, name="send_back"),
    path("orders/<uuid:request_id>/retake/", reading.retake, name="retake"),
    path("orders/<uuid:request_id>/amend/", reading.amend, name="amend"),
    path("reports/<uuid:report_id>/", orders.report, name="report"),
    path("reports/<uuid:report_id>/verify/", orders.verify, name="verify"),
    path("critical/", orders.criticals, name="criticals"),
    path("critical/<uuid:critical_id>/", orders.critical, name="critical"),
]
