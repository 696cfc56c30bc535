"""Addresses of imaging, under /imaging/."""

from django.urls import path

from imaging import views

app_name = "imaging"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("read/<uuid:request_id>/", views.read, name="read"),
    path("read/<uuid:request_id>/<uuid:study_id>/take-back/", views.take_back, name="take_back"),
    path("unmatched/", views.unmatched, name="unmatched"),
    path("unmatched/<uuid:study_id>/", views.held, name="held"),
    path("unmatched/<uuid:study_id>/assign/", views.assign, name="assign"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine/<uuid:quarantined_id>/close/", views.close, name="close"),
]
