"""Headers of every answer, whichever road it took: what a browser may do with it, and nothing about us."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

CLOSED: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""The policy of what is no page: data and files run nothing, wherever a browser opens them."""
POWERS: Final = (
    "accelerometer", "autoplay", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
"""What no page of ours asks a browser for."""
PERMISSIONS: Final = ", ".join(f"{power}=()" for power in POWERS)


FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
"""Of every answer. Django's own middleware for some of them are switched off in the settings: here is the one place."""


def of_data() -> dict[str, str]:
    """The headers of what is no page, for the road of machines that goes around the middleware below."""
    return {**FIXED, "Content-Security-Policy": CLOSED}


class HeadersMiddleware:
    """Stands first, so that refusals and crashes bear the headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        for name, value in FIXED.items():
            headers.setdefault(name, value)
        # A worker obeys the policy of its own file: static files keep to the page's.
        if not request.path_info.startswith(settings.STATIC_URL):
            headers.setdefault("Content-Security-Policy", CLOSED)
        return response
