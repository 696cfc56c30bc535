"""Addresses of emr. What identifies a person never stands in one: ids only, search is a POST."""

from django.urls import path

from emr.chart import views as chart
from emr.index import views as index
from emr.terminology import views as terminology

app_name = "emr"
urlpatterns = [
    path("patients/", index.patients, name="patients"),
    path("patients/new/", index.register, name="register"),
    path("patients/check-id/", index.check_id, name="check_id"),
    path("patients/<uuid:patient_id>/", chart.chart, name="chart"),
    path("patients/<uuid:patient_id>/open/", chart.opening, name="open"),
    path("patients/<uuid:patient_id>/adopt/", chart.adopt, name="adopt"),
    path("patients/<uuid:patient_id>/break-glass/", chart.break_glass, name="break_glass"),
    path("patients/<uuid:patient_id>/launch/", chart.launch, name="launch"),
    path("patients/<uuid:patient_id>/reveal/", index.reveal, name="reveal"),
    path("patients/<uuid:patient_id>/encounters/new/", chart.new_encounter, name="new_encounter"),
    path(
        "patients/<uuid:patient_id>/problems/<uuid:condition_id>/code/",
        chart.code_diagnosis,
        name="code_diagnosis",
    ),
    path("encounters/<uuid:encounter_id>/", chart.encounter, name="encounter"),
    path("break-glass/", chart.reviews, name="reviews"),
    path("break-glass/<uuid:break_glass_id>/", chart.review, name="break_glass_review"),
    path("break-glass/<uuid:break_glass_id>/read/", chart.read_for_review, name="read_for_review"),
    path("security/breakglass/", chart.glass_overview, name="glass_overview"),
    path("break-glass/<uuid:break_glass_id>/judge/", chart.judge, name="judge"),
    path("codes/icd10/", terminology.icd10, name="icd10"),
]
