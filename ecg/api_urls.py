"""Addresses of the ECG room's workflow API."""

from django.urls import path

from ecg import api
from ecg.choices import REFUSALS
from ecg.engine.record import MAX_BYTES
from kernel.web.lengths import takes

MOST_BYTES = MAX_BYTES + 64 * 1024
"""One file and what stands around it."""

urlpatterns = [
    path("ecg/", takes(MOST_BYTES, REFUSALS["too_large"])(api.Recordings.as_view()), name="recordings"),
    path("ecg/<uuid:recording_id>/match/", api.Match.as_view(), name="recording_match"),
]
