"""The short road of machines: FHIR, DICOMweb and tokens run a short middleware list of their own.

A session, a form token and a language cost several times what a FHIR read costs, and a machine has none of
them. `MachineRoad` forks as the first middleware, so that the same road holds under WSGI, ASGI and the test client;
`Entry` forks before Django's handler, whose signals and thread-local addresses cost a machine as much as its answer.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch
from django.utils import translation
from django.utils.log import log_response

from kernel.web import headers

Next = Callable[[HttpRequest], HttpResponseBase]
MOST_SHORT: Final = 500

Start = Callable[[str, list[tuple[str, str]]], Callable[[bytes], object]]


class MachineHandler(BaseHandler):
    """Django's handler with MACHINE_MIDDLEWARE in the place of MIDDLEWARE."""

    def __init__(self) -> None:
        portal = settings.MIDDLEWARE
        settings.MIDDLEWARE = settings.MACHINE_MIDDLEWARE
        try:
            self.load_middleware()
        finally:
            settings.MIDDLEWARE = portal
        self.chain: Final[Next] = self._middleware_chain  # type: ignore[attr-defined]  # set by load_middleware
        self.short: Final[dict[str, ResolverMatch]] = {}

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """The view of an address. Short ones, `/fhir/Observation`, are few and asked all day: they are found once."""
        path = request.path_info
        if path.count("/") > 2:
            return self.resolved(request)
        if (match := self.short.get(path)) is None:
            match = self.resolved(request)
            if len(self.short) < MOST_SHORT:
                self.short[path] = match
        request.resolver_match = match
        return match

    def resolved(self, request: HttpRequest) -> ResolverMatch:
        """As Django finds it, pattern by pattern."""
        match: ResolverMatch = super().resolve_request(request)
        return match

    def _get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Innermost of the chain, as Django's without what no view of a machine is: a coroutine, a template, or one
        transaction by a setting."""
        match = self.resolve_request(request)
        for asked in self._view_middleware:  # type: ignore[attr-defined]  # set by load_middleware
            before: HttpResponseBase | None = asked(request, match.func, match.args, match.kwargs)
            if before is not None:
                return before
        try:
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except Exception as error:
            told: HttpResponseBase | None = self.process_exception_by_middleware(error, request)
            if told is None:
                raise
            return told
        return response

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """In the county's language: the reader before in this thread may have left another one active."""
        translation.deactivate()
        return self.chain(request)


class MachineRoad:
    """Sends MACHINE_PATHS down the short road, everything else down the portal's."""

    def __init__(self, get_response: Next) -> None:
        self.portal = get_response
        self.machines = MachineHandler().answer
        self.paths = tuple(settings.MACHINE_PATHS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        road = self.machines if request.path_info.startswith(self.paths) else self.portal
        return road(request)


class Entry:
    """The WSGI application. What Django does around a request by signals, a machine's request does by name."""

    def __init__(self, portal: WSGIHandler) -> None:
        self.portal = portal
        self.machines = MachineHandler().answer
        self.paths = tuple(settings.MACHINE_PATHS)
        self.fixed = [(name.lower(), (name, value)) for name, value in headers.of_data().items()]

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if environ.get("SCRIPT_NAME") or not environ["PATH_INFO"].startswith(self.paths):
            answer: Iterable[bytes] = self.portal(environ, start_response)  # type: ignore[arg-type]  # takes a third argument nobody gives
            return answer
        request = WSGIRequest(environ)
        response = self.machines(request)
        if response.status_code >= 400:
            words = ("%s: %s", response.reason_phrase, request.path)
            log_response(*words, response=response, request=request)  # type: ignore[arg-type]  # logs any response
        start_response(f"{response.status_code} {response.reason_phrase}", self._headers(response))
        return _finished(request, response, environ)

    def _headers(self, response: HttpResponseBase) -> list[tuple[str, str]]:
        """Its own, and those every answer bears (`kernel.web.headers`), whose middleware this road goes around."""
        # By name in small letters; `items()` looks each of them up anew.
        own: dict[str, tuple[str, str]] = response.headers._store
        cookies = [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]
        return [*own.values(), *cookies, *[pair for name, pair in self.fixed if name not in own]]


def _finished(request: HttpRequest, response: HttpResponseBase, environ: dict[str, Any]) -> Iterable[bytes]:
    """What is whole is done with the database before the first byte leaves; a stream when the server closes it."""
    response._resource_closers.append(request.close)  # type: ignore[attr-defined]  # as BaseHandler does
    if not response.streaming:
        content: bytes = response.content  # type: ignore[attr-defined]  # every answer that does not stream
        for close in response._resource_closers:  # type: ignore[attr-defined]  # as HttpResponse.close does
            with suppress(Exception):
                close()
        _rest()
        return [content]

    response._handler_class = WSGIHandler  # type: ignore[attr-defined]  # the sender of its last signal
    wrapper = environ.get("wsgi.file_wrapper")
    file: Any = getattr(response, "file_to_stream", None)
    if file is None or wrapper is None:
        return response  # a StreamingHttpResponse is its own iterable
    file.close = response.close
    wrapped: Iterable[bytes] = wrapper(file, response.block_size)  # type: ignore[attr-defined]  # a FileResponse
    return wrapped


_thread: Final = threading.local()


class _Kept:
    """A connection a thread keeps beyond its request; it is given back when the thread ends."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


def _rest() -> None:
    """A thread keeps its connection for the next machine: giving it back and taking it again costs as much as a
    statement. One that failed is given back now, a sound one before the next request of a person. No machine's view
    opens another database."""
    kept: _Kept | None = getattr(_thread, "kept", None)
    if kept is None:
        kept = _thread.kept = _Kept(connections[DEFAULT_DB_ALIAS])
    if kept.connection.errors_occurred:
        kept.connection.close_if_unusable_or_obsolete()
