"""HTTP to a hospital outside: bytes out, status and bytes back, never a judgement."""

import http.client
import logging
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

LOST: Final = 0
"""The status of an exchange that broke: nobody knows whether the message arrived. The same id is sent again."""
LONGEST: Final = 1 << 18
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where messages go, what proves who we are, how long we wait."""

    address: str
    token: str
    patience: float


def exchange(line: Line, body: bytes) -> tuple[int, bytes]:
    """POST one message; a broken line is (LOST, what broke), never an exception."""
    place = urlsplit(line.address)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=line.patience)
    headers = {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {line.token}"}
    try:
        connection.request("POST", place.path or "/", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(LONGEST)
    except (OSError, http.client.HTTPException) as error:
        log.warning("a hospital outside does not answer: %s", type(error).__name__)
        return LOST, type(error).__name__.encode()
    finally:
        connection.close()
