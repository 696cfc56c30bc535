"""Addresses of ecg."""

from django.urls import URLPattern, URLResolver, path

from ecg import views

app_name = "ecg"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.worklist, name="worklist"),
    path("upload/", views.upload, name="upload"),
    path("read/<uuid:request_id>/", views.read, name="read"),
    path("read/<uuid:request_id>/<uuid:recording_id>/take-back/", views.take_back, name="take_back"),
    path("unmatched/", views.unmatched, name="unmatched"),
    path("unmatched/<uuid:recording_id>/", views.unmatched_recording, name="unmatched_recording"),
    path("recordings/<uuid:recording_id>/samples/", views.samples, name="samples"),
]
