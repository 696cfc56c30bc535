"""The one door to keys: software today, an HSM or a cipher machine (SDF, GM/T 0018) by setting.

`CRYPTO_PROVIDER` names a class that answers these questions. Nothing else in the house touches a key, so that a
device can keep them: callers name a purpose and a number, never bytes of a key.
"""

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kernel.crypto.signer import Signer

DEFAULT = "kernel.crypto.software.Software"


class Broken(Exception):
    """What was to be opened was altered, belongs elsewhere, or its key is gone."""


class Provider(Protocol):
    """Seals, authenticates, signs. `certified`: a module certified by GM/T 0028, which papers then say."""

    name: str
    certified: bool

    def current(self) -> int:
        """Number of the master that seals today."""
        ...

    def seal(self, purpose: str, number: int, plain: bytes, aad: bytes) -> bytes:
        """A sealed value (`kernel.crypto.sm4`) under the key of `purpose`."""
        ...

    def open(self, purpose: str, blob: bytes, aad: bytes) -> bytes:
        """The plain text. Raises Broken."""
        ...

    def mac(self, purpose: str, data: bytes, number: int | None = None) -> bytes:
        """HMAC-SM3, 32 bytes, under the key of `purpose`; from the root unless a number is given.

        Raises LookupError for a number that is gone.
        """
        ...

    def random(self, count: int) -> bytes:
        """Random bytes fit for keys."""
        ...

    def signer(self) -> Signer:
        """The key of this installation. Raises Unavailable, code `no_signer`."""
        ...

    def self_test(self) -> None:
        """Known answers. Raises ImproperlyConfigured, which stops the start."""
        ...


@cache
def provider() -> Provider:
    """The provider of this installation."""
    named: type[Provider] = import_string(getattr(settings, "CRYPTO_PROVIDER", "") or DEFAULT)
    return named()
