"""What a signature is, and who can make one."""

from dataclasses import dataclass
from typing import Protocol


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
