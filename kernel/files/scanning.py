"""Malicious code is looked for while the bytes arrive: the test pattern always, ClamAV where one is connected.

`CLAMD_SOCKET` names clamd: a path, or `host:port`. Connected and silent it stops the upload (503): what was not
looked at is not taken.
"""

import contextlib
import logging
import socket
import struct
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel import alarms
from kernel.actor import Actor
from kernel.errors import Unavailable, UnsupportedContent

log = logging.getLogger(__name__)

# In two halves: the pattern in one piece would make a scanner take this very file away.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CHUNK: Final = 1 << 16
PATIENCE: Final = 60.0
"""Seconds for one answer of clamd."""
MALWARE: Final = alarms.named("kernel.malware_refused", _("Malicious code was sent and refused"))
SILENT: Final = alarms.named("kernel.scanner_silent", _("The malware scanner does not answer"))


class Infected(UnsupportedContent):
    """Malicious code was found in the bytes (415, code `malware`)."""

    code = "malware"
    message = _("Malicious code was found in this file. It is not taken; the security manager was told.")


class Screen:
    """Takes the bytes piece by piece; `finish` raises Infected or Unavailable, or says nothing."""

    def __init__(self, by: Actor) -> None:
        self.by, self.found, self.rest = by, "", b""
        self.wire = _connected(by) if settings.CLAMD_SOCKET else None

    def feed(self, piece: bytes) -> None:
        """One more piece. Raises Unavailable where clamd breaks off."""
        seen = self.rest + piece
        if EICAR in seen:
            self.found = "EICAR"
        self.rest = seen[-len(EICAR) + 1 :]
        if self.wire is None:
            return
        try:
            for start in range(0, len(piece), CHUNK):
                part = piece[start : start + CHUNK]
                self.wire.sendall(struct.pack("!L", len(part)) + part)
        except OSError as error:
            raise _silent(self.by, error) from error

    def finish(self) -> None:
        """After the last piece."""
        found = self.found or self._verdict()
        if found:
            alarms.alarm(MALWARE, by=self.by, level=3, detail={"found": found[:100]})
            raise Infected(detail={"found": found[:100]})

    def close(self) -> None:
        if self.wire is not None:
            self.wire.close()

    def _verdict(self) -> str:
        """The name of what clamd found, "" when nothing."""
        if self.wire is None:
            return ""
        try:
            self.wire.sendall(struct.pack("!L", 0))
            answer = b""
            while piece := self.wire.recv(4096):
                answer += piece
        except OSError as error:
            raise _silent(self.by, error) from error
        words = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
        if words == "OK":
            return ""
        if words.endswith(" FOUND"):
            return words.removesuffix(" FOUND")
        raise _silent(self.by, OSError(words or "no answer"))

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _connected(by: Actor) -> socket.socket:
    place = str(settings.CLAMD_SOCKET)
    family = socket.AF_UNIX if place.startswith("/") else socket.AF_INET
    wire = socket.socket(family, socket.SOCK_STREAM)
    wire.settimeout(PATIENCE)
    host, _colon, port = place.rpartition(":")
    try:
        wire.connect(str(Path(place)) if family == socket.AF_UNIX else (host, int(port)))
        wire.sendall(b"zINSTREAM\0")
    except OSError as error:
        with contextlib.suppress(OSError):
            wire.close()
        raise _silent(by, error) from error
    return wire


def _silent(by: Actor, error: OSError) -> Unavailable:
    log.error("clamd does not answer: %s", error)
    detail: dict[str, Any] = {"reason": type(error).__name__}
    alarms.alarm(SILENT, by=by, level=2, detail=detail)
    sentence = _("Files cannot be checked right now and are not taken. Please try again in a moment.")
    return Unavailable(sentence, code="scanner_silent")
