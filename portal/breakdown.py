"""The page of what broke: it asks nothing of a database, and still says whom to call."""

from django.http import HttpRequest, HttpResponse

from kernel.web import http
from portal import context, house


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500, in the reader's colours."""
    beside = {"theme": context.theme_of(request), "telephone": house.last_known().telephone}
    return http.server_error(request, beside)
