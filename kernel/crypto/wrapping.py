"""The root key: the file of masters lies wrapped under it, and it turns without touching what the masters made.

Kept apart from that file (`LIANYI_ROOT_KEY`, a credential of the service manager, a token), neither of the two is
worth anything alone: a copy of the one from last year and of the other from today open nothing together.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kernel.conf import read_secret
from kernel.crypto import sm4
from kernel.crypto.expanding import expand

VARIABLE: Final = "LIANYI_ROOT_KEY"
FILE: Final = "root-key"
HEAD: Final = "wrapped"
CONTEXT: Final = "lianyi/1/root"


class NoRoot(ImproperlyConfigured):
    """The root key a file of masters was wrapped under is not here: nothing starts."""


def path() -> Path:
    """The file of the root keys, where LIANYI_ROOT_KEY is not set."""
    return Path(settings.SECRETS_DIR) / FILE


def roots() -> dict[int, bytes]:
    """Root keys by number, the one that wraps today last; none where the file of masters lies as it is."""
    text = os.environ.get(VARIABLE) or (read_secret(path()) if path().exists() else "")
    try:
        pairs = [part.strip().split(":") for part in text.split(",") if part.strip()]
        found = {int(number): bytes.fromhex(key) for number, key in pairs}
    except ValueError:
        raise ImproperlyConfigured(f"{VARIABLE} is not written as number:hex,number:hex") from None
    if any(len(key) != 32 or number < 1 for number, key in found.items()):
        raise ImproperlyConfigured(f"{VARIABLE} needs keys of 32 bytes, numbered from 1")
    return found


def number_of(text: str) -> int:
    """Number of the root key a file of masters is wrapped under; 0 where it lies as it is."""
    head, _colon, rest = text.partition(":")
    return int(rest.partition(":")[0]) if head == HEAD else 0


def closed(text: str) -> str:
    """The masters as they are written: wrapped under the last root key, as they are where there is none."""
    known = roots()
    if not known:
        return text
    number = list(known)[-1]
    mode, nonce = sm4.best(), os.urandom(sm4.NONCE)
    length, seal, _open = sm4.MODES[mode]
    blob = seal(_key(known[number], mode, length), nonce, text.encode("ascii"), _aad(number))
    return f"{HEAD}:{number}:{bytes([mode]).hex()}{nonce.hex()}{blob.hex()}"


def opened(text: str) -> str:
    """The masters. Raises NoRoot, ImproperlyConfigured for a file that was altered."""
    number = number_of(text)
    if not number:
        return text
    root = roots().get(number)
    if root is None:
        raise NoRoot(f"the file of keys is wrapped under root key {number}, which is not here")
    try:
        blob = bytes.fromhex(text.strip().rpartition(":")[2])
        length, _seal, unseal = sm4.MODES[blob[0]]
        nonce, rest = blob[1 : 1 + sm4.NONCE], blob[1 + sm4.NONCE :]
        return unseal(_key(root, blob[0], length), nonce, rest, _aad(number)).decode("ascii")
    except (InvalidTag, LookupError, ValueError):
        raise ImproperlyConfigured("the file of keys was altered, or its root key is another one") from None


def _key(root: bytes, mode: int, length: int) -> bytes:
    return expand(root, f"{CONTEXT}/{mode}", length)


def _aad(number: int) -> bytes:
    return f"{CONTEXT}:{number}".encode()
