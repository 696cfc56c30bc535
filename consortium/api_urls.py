"""Addresses of consortium's workflow API."""

from django.urls import path

from consortium import api

urlpatterns = [
    path("me/", api.Me.as_view(), name="me"),
    path("notices/", api.Notices.as_view(), name="notices"),
    path("notices/<uuid:notice_id>/read/", api.ReadNotice.as_view(), name="read_notice"),
    path("organisations/", api.Organisations.as_view(), name="organisations"),
    path("organisations/<uuid:organisation_id>/", api.Organisation.as_view(), name="organisation"),
]
