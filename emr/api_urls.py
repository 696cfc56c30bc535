"""Addresses of emr's workflow API. What identifies a person never stands in one."""

from django.urls import path

from emr.capacity import api as capacity
from emr.chart import api as chart
from emr.index import api as index
from emr.prescriptions import api as prescriptions

urlpatterns = [
    path("patients/", index.Patients.as_view(), name="patients"),
    path("patients/search/", index.Search.as_view(), name="search"),
    path("patients/<uuid:patient_id>/", index.Patient.as_view(), name="patient"),
    path("patients/<uuid:patient_id>/adopt/", chart.Adopt.as_view(), name="adopt"),
    path("encounters/", chart.Encounters.as_view(), name="encounters"),
    path("prescriptions/", prescriptions.Prescriptions.as_view(), name="prescriptions"),
    path("prescriptions/<uuid:prescription_id>/", prescriptions.Prescription.as_view(), name="prescription"),
    path(
        "prescriptions/<uuid:prescription_id>/void/", prescriptions.Void.as_view(), name="prescription_void"
    ),
    path(
        "prescriptions/<uuid:prescription_id>/countersign/",
        prescriptions.Countersign.as_view(),
        name="prescription_countersign",
    ),
    path(
        "prescriptions/<uuid:prescription_id>/refuse/",
        prescriptions.Refuse.as_view(),
        name="prescription_refuse",
    ),
    path("capacity/", capacity.Wards.as_view(), name="capacity"),
    path("capacity/numbers/", capacity.Numbers.as_view(), name="capacity_numbers"),
]
