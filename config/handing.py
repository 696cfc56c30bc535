"""HTTP of the one-port process, from the loop to a thread and back: once each way.

a2wsgi carries a request in pieces, and each piece hops between loop and thread: twice what a FHIR read costs. Here a
request with a small body or none is handed over whole, and so is an answer that does not stream; large bodies go
a2wsgi's way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextvars import copy_context
from functools import partial
from io import BytesIO
from typing import Any, Final

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import build_environ

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

environ_of: Callable[..., dict[str, Any]] = build_environ  # type: ignore[assignment]  # its scope and body are narrower than what servers give
SMALL: Final = 256 * 1024
"""Bytes of a request body that are read into memory before a thread is taken."""
KIND: Final = (b"content-type", b"application/json")
BROKEN_OFF: Final = '{"detail":"请求没有发完，没有存入任何内容，请重新发送。","code":"broken_off"}'.encode()
"""In the county's language; in front of Django there is no other to choose."""


class Handing:
    """An ASGI application that answers HTTP by the WSGI application `wsgi` on `threads` threads."""

    def __init__(self, wsgi: Wsgi, *, threads: int) -> None:
        self.wsgi = wsgi
        in_pieces = WSGIMiddleware(wsgi, workers=threads)  # type: ignore[arg-type]  # its environ is stricter than Django's
        self.in_pieces: Callable[..., Awaitable[None]] = in_pieces
        self.threads = in_pieces.executor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = _length(scope["headers"])
        if length is None or length > SMALL:
            await self.in_pieces(scope, _coroutine(receive), _coroutine(send))
            return
        body = await _whole(receive) if length else b""
        if body is None:
            # The line is closed at the caller's end alone, perhaps: who still listens is not told of a fault of ours.
            await send({"type": "http.response.start", "status": 400, "headers": [KIND]})
            await send({"type": "http.response.body", "body": BROKEN_OFF})
            return
        answer = Answer(send, asyncio.get_running_loop())
        work = partial(self._answered, environ_of(scope, BytesIO(body)), answer)
        content = await answer.loop.run_in_executor(self.threads, copy_context().run, work)
        if not answer.started:
            await send(answer.start)
        await send({"type": "http.response.body", "body": content})

    def _answered(self, environ: dict[str, Any], answer: "Answer") -> bytes:
        """Runs in a thread: the whole body, or its end when it streamed."""
        rows = self.wsgi(environ, answer.begin)
        try:
            if isinstance(rows, list) or not getattr(rows, "streaming", True):
                return b"".join(rows)
            for piece in rows:
                answer.piece(piece)
            return b""
        finally:
            getattr(rows, "close", lambda: None)()


class Answer:
    """The answer to one request, filled by its thread."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self.send, self.loop, self.started = send, loop, False
        self.start: Event = {}

    def begin(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        """WSGI's start_response (PEP 3333); no application here writes through what it returns."""
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.start = {"type": "http.response.start", "status": int(status[:3]), "headers": pairs}

    def piece(self, piece: bytes) -> None:
        """One part of a stream; returns when the server has taken it."""
        if not self.started:
            self.started = True
            self._sent(self.start)
        self._sent({"type": "http.response.body", "body": piece, "more_body": True})

    def _sent(self, event: Event) -> None:
        asyncio.run_coroutine_threadsafe(_coroutine(self.send)(event), self.loop).result()


def _length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Content-Length in bytes, 0 without a body, None where it is not told."""
    told = {name: value for name, value in headers if name in {b"content-length", b"transfer-encoding"}}
    if b"transfer-encoding" in told or not told.get(b"content-length", b"0").isdigit():
        return None
    return int(told.get(b"content-length", b"0"))


async def _whole(receive: Receive) -> bytes | None:
    """The request's body, or None when the caller has left."""
    parts = []
    while (event := await receive())["type"] == "http.request":
        parts.append(event.get("body", b""))
        if not event.get("more_body", False):
            return b"".join(parts)
    return None


def _coroutine(call: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """granian's receive and send answer awaitables; another thread's loop takes only coroutines."""

    async def called(*event: Event) -> Any:
        return await call(*event)

    return called
