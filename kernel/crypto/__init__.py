"""Commercial cryptography of the house: SM3, SM4-GCM, SM2 in software, behind functions an HSM can answer."""

from kernel.crypto.sealing import Unsealable, seal, seal_bytes, unseal, unseal_bytes
from kernel.crypto.signing import Signature, Signer, signer
from kernel.crypto.tokens import blind, mac, read_token, token

__all__ = [
    "Signature",
    "Signer",
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
