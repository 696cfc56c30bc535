"""HTTP of the one-port process goes to a thread whole and comes back whole; what is large or streams goes in pieces."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from config.handing import SMALL, Handing


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers what it was sent and the kind of thread it ran in; `/stream` in three parts, `/fails` not at all."""
    if environ["PATH_INFO"] == "/fails":
        raise RuntimeError("the application failed")
    start(
        "201 Created",
        [("X-Thread", threading.current_thread().name[:4]), ("X-Method", environ["REQUEST_METHOD"])],
    )
    if environ["PATH_INFO"] == "/stream":
        return (part for part in (b"one ", b"two ", b"three"))
    return [environ["wsgi.input"].read(), b"."]


def asked(
    path: str, parts: Iterable[bytes] = (), headers: Iterable[tuple[bytes, bytes]] = ()
) -> list[dict[str, Any]]:
    """The events sent for one request whose body comes in `parts`; None as a part is the caller leaving."""
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": path, "query_string": b"",
        "headers": list(headers), "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 50000), "scheme": "http",
    }  # fmt: skip
    waiting, sent = list(parts), []

    async def receive() -> dict[str, Any]:
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    asyncio.run(Handing(echo, threads=1)(scope, receive, send))
    return sent


def length(body: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", str(len(body)).encode())]


def body_of(events: list[dict[str, Any]]) -> bytes:
    return b"".join(event["body"] for event in events if event["type"] == "http.response.body")


def test_a_small_request_is_answered_with_one_start_and_one_body() -> None:
    events = asked("/", [b"a", b"bc"], length(b"abc"))
    assert events == [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [(b"x-thread", b"WSGI"), (b"x-method", b"POST")],
        },
        {"type": "http.response.body", "body": b"abc."},
    ]


def test_a_request_without_a_body_waits_for_none() -> None:
    assert body_of(asked("/")) == b"."


@pytest.mark.parametrize("headers", [length(b"x" * (SMALL + 1)), [(b"transfer-encoding", b"chunked")]])
def test_a_large_body_and_one_of_unknown_length_arrive_whole(headers: list[tuple[bytes, bytes]]) -> None:
    body = b"x" * (SMALL + 1)
    assert body_of(asked("/", [body[:1000], body[1000:]], headers)) == body + b"."


def test_a_stream_leaves_part_by_part() -> None:
    events = asked("/stream")
    assert [event.get("body") for event in events] == [None, b"one ", b"two ", b"three", b""]
    assert [event.get("more_body", False) for event in events] == [False, True, True, True, False]


def test_a_body_that_breaks_off_is_refused_and_reaches_no_application() -> None:
    start, said = asked("/fails", [], length(b"abc"))
    assert (start["status"], "请重新发送" in said["body"].decode()) == (400, True)


def test_a_failure_of_the_application_reaches_the_server() -> None:
    with pytest.raises(RuntimeError, match="the application failed"):
        asked("/fails")
