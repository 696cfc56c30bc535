"""The edge in front of addresses of the tests: only what kernel brings, no other room."""

from pathlib import Path

import pytest
from django.conf import settings as given
from django.test import Client


@pytest.fixture
def edge(db, settings, client: Client) -> Client:
    """A client of `tests.kernel.urls` behind kernel's middleware; a crash is answered as in production."""
    settings.ROOT_URLCONF = "tests.kernel.urls"
    settings.MIDDLEWARE = [
        "django.middleware.locale.LocaleMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "kernel.web.http.DomainErrorMiddleware",
    ]
    settings.ERROR_RENDERERS = {"/fhir/": "tests.kernel.test_http.as_outcome"}
    template = {**given.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}
    request_only = ["django.template.context_processors.request"]
    template["OPTIONS"] = {**template["OPTIONS"], "context_processors": request_only}
    settings.TEMPLATES = [template]
    client.raise_request_exception = False
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
