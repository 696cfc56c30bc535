"""One JSON question to another house over HTTP, with a patience; never inside a transaction."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

LONGEST: Final = 1 << 16
"""Bytes of an answer that are read."""


class Unanswered(Exception):
    """The other house did not answer, or not with what can be read; the message says what happened."""


def post(
    url: str, words: Mapping[str, Any], *, patience: float, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """POST `words` as JSON and read the JSON object that comes back with 200. Raises Unanswered."""
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    line = kind(place.hostname or "", place.port, timeout=patience)
    sent = {"Content-Type": "application/json", **(headers or {})}
    try:
        line.request("POST", place.path or "/", json.dumps(words).encode(), sent)
        answer = line.getresponse()
        body = answer.read(LONGEST)
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(type(error).__name__) from error
    finally:
        line.close()
    if answer.status != 200:
        raise Unanswered(f"status {answer.status}")
    try:
        told = json.loads(body)
    except ValueError as error:
        raise Unanswered("not JSON") from error
    return told if isinstance(told, dict) else {}
