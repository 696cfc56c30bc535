"""Commercial cryptography of the house: SM3, SM4, SM2 through one provider, software or a device."""

from kernel.crypto.sealing import Unsealable, seal, seal_bytes, unseal, unseal_bytes
from kernel.crypto.signer import Signature, Signer
from kernel.crypto.signing import signer
from kernel.crypto.tokens import Told, blind, mac, read_token, token

__all__ = [
    "Signature",
    "Signer",
    "Told",
    "Unsealable",
    "blind",
    "mac",
    "read_token",
    "seal",
    "seal_bytes",
    "signer",
    "token",
    "unseal",
    "unseal_bytes",
]
