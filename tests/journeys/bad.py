"""What the tests of bad input share: desks, what a page says, what stayed as it was, an upload without an end."""

import html
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import Model
from django.http import HttpResponse
from django.test import Client

from consortium.models import Staff
from tests.factories.consortium import sign_in

HANZI = re.compile(r"[\u4e00-\u9fff]")
TWO_GIGABYTES = 2 * 1024**3
PIECE = 64 * 1024


def desk(staff: Staff) -> Client:
    """Somebody's browser, signed in, in Chinese; an error of ours is an answer, not an exception."""
    client = Client(headers={"accept-language": "zh-hans", "accept": "text/html"})
    sign_in(client, staff)
    return client


def alert(answer: HttpResponse) -> str:
    """The sentences a page gives as the reason, in Chinese; fails when there is none."""
    page = answer.content.decode()
    main = page[page.find("<main") :]
    found = re.findall(r'(?s)(?:role="alert"|class="ly-error")[^>]*>(.*?)</(?:div|p)>', main)
    said = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", one)) for one in found)
    assert HANZI.search(said), f"no sentence in Chinese: {said or main[:2000]}"
    return re.sub(r"\s+", " ", said)


@contextmanager
def untouched(*models: type[Model]) -> Iterator[None]:
    """Nothing is added to these tables and nothing taken away."""
    before = {model: model._default_manager.count() for model in models}
    yield
    assert {model: model._default_manager.count() for model in models} == before


@dataclass(frozen=True)
class Broken:
    """How far an upload came: bytes sent before the answer, status and text of the answer."""

    sent: int
    status: int
    text: str


def head(path: str, host: str, fields: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def endless(url: str, path: str, fields: dict[str, str], *, most: int, chunked: bool = False) -> Broken:
    """Send an upload of two gigabytes piece by piece until the server answers, at most `most` bytes of it."""
    place = urlsplit(url)
    length = ("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(TWO_GIGABYTES))
    piece = b"\0" * PIECE
    sent = 0
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=20) as line:
        line.sendall(head(path, place.netloc, [*fields.items(), length, ("Accept", "text/html")]))
        line.settimeout(0.05)
        answer = b""
        while sent < most and not answer:
            with suppress(OSError):
                answer = line.recv(PIECE)
                break
            with suppress(OSError):
                line.sendall(b"%x\r\n%s\r\n" % (PIECE, piece) if chunked else piece)
                sent += PIECE
        return Broken(sent, *_told(line, answer))


def _told(line: socket.socket, answer: bytes) -> tuple[int, str]:
    """Status and text of an answer whose first bytes are here; 0 when none comes."""
    line.settimeout(20)
    with suppress(OSError):
        while more := line.recv(PIECE):
            answer += more
            line.settimeout(1)
    status = answer.split(b" ", 2)[1:2]
    return int(status[0]) if status else 0, answer.decode(errors="replace")
