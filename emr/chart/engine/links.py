"""Chart links: `client_id.patient.issued.number.signature`, signed with the client's key (HMAC-SM3).

A branch's own system makes the token like this, in any language:
    body = f"{client_id}.{patient_id}.{seconds since 1970}.{random text of 16-64 letters and digits}"
    token = body + "." + hex(HMAC-SM3(signing key, body))
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

LASTS: Final = 60
"""Seconds a link lasts."""
_NUMBER = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Unreadable(ValueError):
    """The token has not the form of a chart link."""


@dataclass(frozen=True, slots=True)
class Link:
    """A token taken apart; nothing of it is proven until the signature is compared."""

    client_id: str
    patient_id: UUID
    at: datetime
    token_id: str
    signature: str
    body: str
    """What was signed, as it was sent: a client may write the patient's id in capitals."""


def signature(key: bytes, body: str) -> str:
    """HMAC-SM3 of the body, in hex."""
    return hmac.digest(key, body.encode(), "sm3").hex()


def make(key: bytes, client_id: str, patient_id: UUID, at: datetime, token_id: str) -> str:
    """The token a client makes."""
    body = f"{client_id}.{patient_id}.{int(at.timestamp())}.{token_id}"
    return f"{body}.{signature(key, body)}"


def read(token: str) -> Link:
    """Take a token apart. Raises Unreadable."""
    parts = token.rsplit(".", 4)
    if len(parts) != 5 or not _NUMBER.fullmatch(parts[3]) or not re.fullmatch(r"\d{9,11}", parts[2]):
        raise Unreadable(token)
    try:
        patient_id = UUID(parts[1])
    except ValueError:
        raise Unreadable(token) from None
    at, body = datetime.fromtimestamp(int(parts[2]), UTC), token.rpartition(".")[0]
    return Link(parts[0], patient_id, at, parts[3], parts[4], body)
