"""The short road of machines: FHIR, DICOMweb and tokens run a short middleware list of their own.

A session, a form token and a language cost several times what a FHIR read costs, and a machine has none of
them. The fork is the first middleware, so that the same road holds under WSGI, ASGI and the test client.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase

Next = Callable[[HttpRequest], HttpResponseBase]


class MachineHandler(BaseHandler):
    """Django's handler with MACHINE_MIDDLEWARE in the place of MIDDLEWARE."""

    def __init__(self) -> None:
        portal = settings.MIDDLEWARE
        settings.MIDDLEWARE = settings.MACHINE_MIDDLEWARE
        try:
            self.load_middleware()
        finally:
            settings.MIDDLEWARE = portal

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        chain: Next = self._middleware_chain  # type: ignore[attr-defined]  # set by load_middleware
        return chain(request)


class MachineRoad:
    """Sends MACHINE_PATHS down the short road, everything else down the portal's."""

    def __init__(self, get_response: Next) -> None:
        self.portal = get_response
        self.machines = MachineHandler().answer
        self.paths = tuple(settings.MACHINE_PATHS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        road = self.machines if request.path_info.startswith(self.paths) else self.portal
        return road(request)
