"""Sealing: a value's place is authenticated with it, so that sealed fields cannot be swapped."""

from typing import Final
from uuid import UUID

from kernel.crypto import sm4
from kernel.crypto.provider import Broken, provider
from kernel.errors import Unavailable

OVERHEAD: Final = 2 + sm4.NONCE + sm4.TAG


class Unsealable(Unavailable):
    """A sealed value was altered, belongs elsewhere, or its key is gone (503, code `seal_broken`)."""

    code = "seal_broken"


def _aad(context: str, owner: UUID | str, number: int) -> bytes:
    return f"{context}:{owner}:{number}".encode()


def seal_bytes(context: str, owner: UUID | str, data: bytes) -> bytes:
    """Seal `data` as the value of `context` (`table.column`) of the row `owner`."""
    house = provider()
    number = house.current()
    return house.seal(f"seal/{context}", number, data, _aad(context, owner, number))


def unseal_bytes(context: str, owner: UUID | str, blob: bytes | memoryview) -> bytes:
    """What was sealed for just this place. Raises Unsealable for anything else."""
    blob = bytes(blob)
    try:
        number = blob[1]
        return provider().open(f"seal/{context}", blob, _aad(context, owner, number))
    except (Broken, IndexError):
        raise Unsealable(detail={"context": context}) from None


def seal(context: str, owner: UUID | str, text: str) -> bytes:
    """`seal_bytes` of a text in UTF-8."""
    return seal_bytes(context, owner, text.encode())


def unseal(context: str, owner: UUID | str, blob: bytes | memoryview) -> str:
    """The text behind `seal`. Raises Unsealable."""
    return unseal_bytes(context, owner, blob).decode()


def number_of(blob: bytes | memoryview) -> int:
    """Number of the master a value was sealed under; 0 where there is none."""
    return bytes(blob[1:2])[0] if len(blob) >= OVERHEAD else 0
