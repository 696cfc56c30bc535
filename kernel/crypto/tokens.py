"""Keyed digests: blind index, MAC, and short-lived signed tokens."""

import base64
import binascii
import hmac
from typing import Any, Final, NamedTuple

import orjson
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.crypto.provider import provider
from kernel.errors import Invalid

BLIND: Final = 16


def blind(context: str, value: str) -> bytes:
    """Blind index: 16 bytes of HMAC-SM3, equal for equal values of a context. The caller normalises.

    Never over a value of few kinds alone (sex, year of birth, a diagnosis): who counts them knows them.
    """
    return provider().mac(f"blind/{context}", value.encode())[:BLIND]


def mac(purpose: str, data: bytes) -> bytes:
    """HMAC-SM3 (32 bytes) under the key of `purpose`. Compare with `hmac.compare_digest`."""
    return provider().mac(f"mac/{purpose}", data)


def token(purpose: str, payload: dict[str, Any], seconds: int) -> str:
    """`payload` (ids and codes: it is signed, not sealed) as a URL-safe text, valid for `seconds`."""
    until = int(clock.now().timestamp()) + seconds
    body = orjson.dumps([payload, until])
    return f"{_text(body)}.{_text(mac(f'token/{purpose}', body))}"


class Told(NamedTuple):
    """What a token says, and until when (seconds since 1970)."""

    payload: dict[str, Any]
    until: int


def read_token(purpose: str, token: str) -> Told:
    """What it says. Raises Invalid, code `token_invalid` (not ours, another purpose) or `token_expired`."""
    head, _dot, tail = token.partition(".")
    try:
        body, given = _bytes(head), _bytes(tail)
    except (binascii.Error, ValueError):
        body, given = b"", b""
    if not hmac.compare_digest(given, mac(f"token/{purpose}", body)):
        raise Invalid(_("This link is not valid."), code="token_invalid")
    payload, until = orjson.loads(body)
    if clock.now().timestamp() >= until:
        raise Invalid(_("This link has expired."), code="token_expired")
    return Told(payload, until)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
