"""Reading a client certificate as a gateway hands it on; whether it is genuine the gateway has judged."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

LONGEST: Final = 8_000
"""Characters of a certificate in PEM; an SM2 one takes about a thousand."""
SM2_WITH_SM3: Final = "1.2.156.10197.1.501"


@dataclass(frozen=True)
class Seen:
    """What stands in a certificate. `sm2`: signed with SM2 and SM3, as a certified key's is."""

    fingerprint: bytes
    subject: str
    serial: str
    not_before: datetime
    not_after: datetime
    sm2: bool


def read(text: str) -> Seen | None:
    """The certificate in `text`: PEM, percent-encoded or not. None for anything else."""
    plain = unquote(text).strip()
    if len(plain) > LONGEST or not plain.startswith("-----BEGIN CERTIFICATE-----"):
        return None
    try:
        found = x509.load_pem_x509_certificate(plain.encode())
        return _seen(found)
    except ValueError:
        return None


def _seen(found: x509.Certificate) -> Seen:
    der = found.public_bytes(Encoding.DER)
    return Seen(
        fingerprint=hashlib.new("sm3", der).digest(),
        subject=found.subject.rfc4514_string()[:200],
        serial=f"{found.serial_number:x}",
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        sm2=found.signature_algorithm_oid.dotted_string == SM2_WITH_SM3,
    )
