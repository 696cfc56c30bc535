"""HTTP to the insurance centre: bytes out, status and bytes back, never a judgement."""

import http.client
import logging
from urllib.parse import urlsplit

from insurance_bridge.conf import Centre

logger = logging.getLogger(__name__)

LOST = 0
"""The status of an exchange that broke: nobody knows what the centre did."""


def exchange(centre: Centre, body: bytes, *, limit: int = 64 * 2**20) -> tuple[int, bytes]:
    """Send one request and read at most `limit` bytes. A broken line is (LOST, reason), never an exception."""
    place = urlsplit(centre.url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=centre.timeout)
    try:
        connection.request("POST", place.path, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        return answer.status, answer.read(limit)
    except (OSError, http.client.HTTPException) as error:
        logger.warning("insurance centre: %s", type(error).__name__)
        return LOST, type(error).__name__.encode()
    finally:
        connection.close()
