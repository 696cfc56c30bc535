"""One-time codes by time (RFC 6238): six digits, 30 seconds, as authenticator apps show them."""

import secrets
from base64 import b32decode, b32encode
from binascii import Error as BadBase32

from django_otp.oath import TOTP

DIGITS = 6


def new_secret() -> str:
    """A new 160-bit secret in base 32."""
    return b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, moment: float, step: int = 0) -> str:
    """The digits an authenticator with `secret` shows at `moment` (Unix seconds), or `step` steps later."""
    return f"{_totp(secret, moment, step).token():06d}"


def matching_step(secret: str, code: str, moment: float, *, after: int) -> int | None:
    """The step within one of `moment` whose code this is and which is later than `after`; None when there is none."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return None
    try:
        totp = _totp(secret, moment)
    except BadBase32:
        return None
    return int(totp.t()) if totp.verify(int(digits), tolerance=1, min_t=after + 1) else None


def _totp(secret: str, moment: float, step: int = 0) -> TOTP:
    totp = TOTP(b32decode(secret), drift=step)
    totp.time = moment
    return totp
