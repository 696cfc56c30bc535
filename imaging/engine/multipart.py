"""multipart/related both ways (RFC 2387), streaming: a part is never held in memory whole."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

CHUNK: Final = 256 * 1024
HEAD_LIMIT: Final = 8 * 1024
MAX_PARTS: Final = 10_000
PARAMETER: Final = re.compile(r';\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^;,"\s]+))')
BOUNDARY: Final = re.compile(r"[A-Za-z0-9'()+_,\-./:=? ]{1,70}")


class Malformed(ValueError):
    """The body is not the multipart it announces, or ends too early."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def content_type(value: str) -> tuple[str, dict[str, str]]:
    """A Content-Type header as (type in lower case, parameters)."""
    kind, _semicolon, _rest = value.partition(";")
    return kind.strip().lower(), {
        name.lower(): quoted or plain for name, quoted, plain in PARAMETER.findall(value[len(kind) :])
    }


class Parts:
    """The parts of one body. `each` gives the headers of a part; the caller takes its bytes with `take`."""

    def __init__(self, stream: Readable, boundary: str) -> None:
        if not BOUNDARY.fullmatch(boundary):
            raise Malformed("no usable boundary")
        self.stream = stream
        self.mark = b"\r\n--" + boundary.encode("ascii")
        # The first boundary needs no line break before it; pretend there is one.
        self.buffer = b"\r\n"
        self.ended = False
        self.inside = False

    def each(self) -> Iterator[Mapping[str, str]]:
        """Headers of part after part; what of a part was not taken is skipped. Raises Malformed."""
        self._until_mark(lambda data: None)
        for _number in range(MAX_PARTS):
            if self._closing():
                return
            headers = self._headers()
            self.inside = True
            yield headers
            if self.inside:
                self.take(lambda data: None)
        raise Malformed("too many parts")

    def take(self, sink: Callable[[bytes], object]) -> None:
        """Hand the current part's bytes to `sink`, piece by piece."""
        self._until_mark(sink)
        self.inside = False

    def _more(self) -> bool:
        data = self.stream.read(CHUNK)
        self.ended = not data
        self.buffer += data
        return bool(data)

    def _until_mark(self, sink: Callable[[bytes], object]) -> None:
        keep = len(self.mark) - 1
        while True:
            found = self.buffer.find(self.mark)
            if found >= 0:
                if found:
                    sink(self.buffer[:found])
                self.buffer = self.buffer[found + len(self.mark) :]
                return
            if len(self.buffer) > keep:
                sink(self.buffer[:-keep])
                self.buffer = self.buffer[-keep:]
            if not self._more():
                raise Malformed("the body ends inside a part")

    def _closing(self) -> bool:
        while len(self.buffer) < 2 and self._more():
            pass
        return self.buffer.startswith(b"--")

    def _headers(self) -> Mapping[str, str]:
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            if len(self.buffer) > HEAD_LIMIT or not self._more():
                raise Malformed("a part without its headers")
        lines = self.buffer[:end].decode("latin_1").split("\r\n")
        # The body keeps the line break of its headers' end out, and the mark's own in.
        self.buffer = self.buffer[end + 4 :] if end else self.buffer[4:]
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip().lower(): value.strip() for name, _colon, value in pairs}


def head(boundary: str, kind: str, *, first: bool) -> bytes:
    """What stands before a part of an answer."""
    start = "" if first else "\r\n"
    return f"{start}--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode("ascii")


def tail(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode("ascii")
