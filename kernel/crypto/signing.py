"""The key of the house that signs papers and checkpoints: SM2, in a file beside the masters.

A key that was replaced verifies for ever: its public half stays in the folder `retired`.
"""

import base64
import hashlib
import os
import time
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from kernel import conf
from kernel.crypto import sm2
from kernel.crypto.provider import provider
from kernel.crypto.signer import Signature, Signer
from kernel.errors import Unavailable

VARIABLE: Final = "LIANYI_SIGNING_KEY"
FILE: Final = "signing-key.pem"
RETIRED: Final = "retired"
ALGORITHM: Final = "SM2-SM3"


def key_id(key: sm2.Key) -> str:
    """The first 16 hex digits of SM3 over the public key."""
    return hashlib.new("sm3", key.public_pem()).hexdigest()[:16]


class SoftwareSigner:
    """SM2 with a key in a file; not a certified module, and its papers say so (`provider`)."""

    algorithm: Final = ALGORITHM
    provider = "software"

    def __init__(self, key: sm2.Key) -> None:
        self.key = key
        self.key_id = key_id(key)

    def sign(self, data: bytes) -> Signature:
        value = base64.b64encode(self.key.sign(data)).decode()
        return Signature(self.algorithm, self.key_id, value)

    def verify(self, data: bytes, signature: Signature) -> bool:
        """False for another algorithm, a key that was never ours, or bytes that differ."""
        if signature.algorithm != self.algorithm:
            return False
        key = self.key if signature.key_id == self.key_id else _retired(signature.key_id)
        return key is not None and holds(key, data, signature.value_b64)

    def public_pem(self) -> str:
        return self.key.public_pem().decode()


def holds(key: sm2.Key, data: bytes, value_b64: str) -> bool:
    """Whether a signature in base64 is this key's over `data`."""
    try:
        value = base64.b64decode(value_b64, validate=True)
    except ValueError:
        return False
    return key.verify(data, value)


def signer() -> Signer:
    """The signer of this installation. Raises Unavailable, code `no_signer`, where nothing here does SM2."""
    return provider().signer()


def software() -> Signer:
    """The key in LIANYI_SIGNING_KEY (a path), else in the secrets folder; a replaced file is seen."""
    try:
        return _signer(path(), _stamp(path()))
    except sm2.Missing as error:
        raise Unavailable(code="no_signer", detail={"reason": str(error)}) from error


@lru_cache(maxsize=2)
def _signer(at: Path, stamp: int) -> SoftwareSigner:
    return SoftwareSigner(_key(at))


def path() -> Path:
    """Where the private key lies."""
    return Path(os.environ.get(VARIABLE) or Path(settings.SECRETS_DIR) / FILE)


def _stamp(at: Path) -> int:
    return at.stat().st_mtime_ns if at.exists() else 0


def _key(at: Path) -> sm2.Key:
    conf.ensure_secret(at, lambda: sm2.Key.generate().private_pem().decode())
    return sm2.Key.read(at.read_bytes())


@lru_cache(maxsize=64)
def _retired(wanted: str) -> sm2.Key | None:
    """The public half of a key that was replaced."""
    at = path().parent / RETIRED / f"{wanted}.pem"
    known = wanted.isalnum() and at.exists()
    return sm2.Key.read(at.read_bytes()) if known else None


def replace() -> str:
    """A new signing key; the old one's public half is kept. Answers the new key's id."""
    at, old = path(), software()
    kept = at.parent / RETIRED / f"{old.key_id}.pem"
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    kept.write_text(old.public_pem())
    draft = at.with_name(f".{at.name}.{time.time_ns()}")
    conf.write_secret(draft, sm2.Key.generate().private_pem().decode())
    draft.replace(at)
    return software().key_id
