"""The workflow API: one line per app, all below /api/v1/."""

from django.urls import include, path

app_name = "api"
urlpatterns = [
    path("", include("consortium.api_urls")),
    path("", include("emr.api_urls")),
    path("", include("diagnostics.api_urls")),
    path("", include("ecg.api_urls")),
    path("", include("imaging.api_urls")),
    path("", include("referral.api_urls")),
    path("", include("insurance_bridge.api_urls")),
]
