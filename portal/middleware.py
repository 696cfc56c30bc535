"""How a page travels: packed, and never kept by a browser that several people use."""

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PACKED: Final = frozenset({"text/html", "text/plain", "text/csv", "application/json", "image/svg+xml"})
"""What shrinks; pictures, recordings and archives are packed already."""


class WireMiddleware(GZipMiddleware):
    """Packs text, and marks every answer that does not say otherwise as not to be stored.

    Packing and secrets (BREACH): the form token on a page differs each time, Django adds a random length, and the
    session cookie (SameSite=Lax) does not come along with what another site's page asks for in the background.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Cache-Control", "private, no-store")
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in PACKED or response.streaming:
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed
