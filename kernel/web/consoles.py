"""The managers' consoles open only at listed addresses (8.1.4.4 c): a stolen password is worth nothing elsewhere."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from kernel import alarms
from kernel.errors import Refused
from kernel.web.addresses import source_of, within
from kernel.web.http import actor_of, error_response, record_refusal

ALARM: Final = alarms.named(
    "kernel.console_from_outside", _("A manager's console was asked for from an address that is not listed")
)


class ConsoleMiddleware:
    """Refuses (403), records and alarms what asks for CONSOLE_PATHS from outside CONSOLE_ADDRESSES.

    Stands behind whatever knows who asks, before any view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.paths = tuple(settings.CONSOLE_PATHS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(self.paths):
            return self.get_response(request)
        if within(source_of(request), settings.CONSOLE_ADDRESSES):
            return self.get_response(request)
        by = actor_of(request)
        refusal = Refused(_("This page opens only at the managers' own workplaces."), code="console_address")
        record_refusal(request, refusal)
        alarms.alarm(ALARM, by=by, level=2 if by.id else 1, detail={"path": request.path[:200]})
        return error_response(request, refusal)
