"""Every address of the house: one line per app and surface."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from config import health

# The machines' roads stand first: a FHIR read costs no more than one pattern.
ROOMS = [
    ("fhir/", "emr.repository.rest.urls"),
    ("fhir", "emr.repository.rest.root_urls"),
    ("dicomweb/", "imaging.rest.urls"),
    ("", "consortium.urls"),
    ("", "emr.urls"),
    ("", "diagnostics.urls"),
    ("imaging/", "imaging.urls"),
    ("ecg/", "ecg.urls"),
    ("referrals/", "referral.urls"),
    ("insurance/", "insurance_bridge.urls"),
    ("registry/", "insurance_bridge.registry_urls"),
    ("", "portal.urls"),
    ("oauth/", "consortium.oauth_urls"),
    ("api/v1/", "consortium.api_urls"),
    ("api/v1/", "emr.api_urls"),
    ("api/v1/", "diagnostics.api_urls"),
    ("api/v1/", "imaging.api_urls"),
    ("api/v1/", "ecg.api_urls"),
    ("api/v1/", "referral.api_urls"),
    ("api/v1/", "insurance_bridge.api_urls"),
]


def stands(module: str) -> bool:
    """Whether the module exists (its package may not)."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    *(path(at, include(module)) for at, module in ROOMS if stands(module)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

handler404 = "kernel.http.not_found"
handler500 = "kernel.http.server_error"
