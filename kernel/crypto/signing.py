"""Signatures over papers and checkpoints. A `Signer` is software, an HSM or a CA, and says which."""

import base64
import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings

from kernel import conf
from kernel.crypto import sm2
from kernel.errors import Unavailable

VARIABLE: Final = "LIANYI_SIGNING_KEY"
FILE: Final = "signing-key.pem"


@dataclass(frozen=True, slots=True)
class Signature:
    """What is stored beside a signed thing: how, with which key, and the value in base64."""

    algorithm: str
    key_id: str
    value_b64: str


class Signer(Protocol):
    """Signs and verifies bytes. `provider` names the kind of key a paper was signed with."""

    provider: str
    key_id: str

    def sign(self, data: bytes) -> Signature: ...

    def verify(self, data: bytes, signature: Signature) -> bool: ...

    def public_pem(self) -> str: ...


class SoftwareSigner:
    """SM2 with a key in a file; not a certified module, and its papers say so (`provider`)."""

    algorithm: Final = "SM2-SM3"
    provider = "software"

    def __init__(self, key: sm2.Key) -> None:
        self.key = key
        self.key_id = hashlib.new("sm3", key.public_pem()).hexdigest()[:16]

    def sign(self, data: bytes) -> Signature:
        value = base64.b64encode(self.key.sign(data)).decode()
        return Signature(self.algorithm, self.key_id, value)

    def verify(self, data: bytes, signature: Signature) -> bool:
        """False for another algorithm, another key, or bytes that differ."""
        if (signature.algorithm, signature.key_id) != (self.algorithm, self.key_id):
            return False
        try:
            value = base64.b64decode(signature.value_b64, validate=True)
        except ValueError:
            return False
        return self.key.verify(data, value)

    def public_pem(self) -> str:
        return self.key.public_pem().decode()


@cache
def signer() -> Signer:
    """The signer of this installation: the key in LIANYI_SIGNING_KEY (a path), else in the secrets folder.

    Raises Unavailable, code `no_signer`, where the system's libcrypto lacks SM2.
    """
    try:
        return SoftwareSigner(_key(Path(os.environ.get(VARIABLE) or Path(settings.SECRETS_DIR) / FILE)))
    except sm2.Missing as error:
        raise Unavailable(code="no_signer", detail={"reason": str(error)}) from error


def _key(path: Path) -> sm2.Key:
    conf.ensure_secret(path, lambda: sm2.Key.generate().private_pem().decode())
    return sm2.Key.read(path.read_bytes())
