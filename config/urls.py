"""Every address of the house: one line per app and surface."""

from django.urls import include, path

from config import health, reference
from kernel.web import openapi
from portal import checking

urlpatterns = [
    # The machines' roads stand first: a FHIR read costs no more than one pattern.
    path("fhir/", include("emr.repository.rest.urls")),
    path("fhir", include("emr.repository.rest.root_urls")),
    path("dicomweb/", include("imaging.rest.urls")),
    path("", include("consortium.urls")),
    path("", include("emr.urls")),
    path("", include("diagnostics.urls")),
    path("imaging/", include("imaging.urls")),
    path("ecg/", include("ecg.urls")),
    path("referrals/", include("referral.urls")),
    path("insurance/", include("insurance_bridge.urls")),
    path("", include("portal.urls")),
    path("verify/<str:token>", checking.paper, name="check_paper"),
    path("api/v1/", include("config.api_urls")),
    path("api/schema/", openapi.schema, name="api_schema"),
    path("api/docs/", reference.pages, name="api_docs"),
    path("oauth/", include("consortium.oauth_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

handler404 = "kernel.web.http.not_found"
handler500 = "portal.breakdown.server_error"
