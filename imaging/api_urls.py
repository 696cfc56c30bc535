"""Addresses of imaging's workflow API."""

from django.urls import path

from imaging import api

urlpatterns = [
    path("imaging/studies/", api.Studies.as_view(), name="studies"),
    path("imaging/studies/<uuid:study_id>/assign/", api.Assign.as_view(), name="study_assign"),
]
