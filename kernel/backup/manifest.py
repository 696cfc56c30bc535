"""What a backup says of itself: its parts, every table's rows, the wrapped key; signed and under a MAC."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from kernel.backup import box
from kernel.crypto import Signature, signer, signing, sm2
from kernel.crypto.expanding import expand

FILE: Final = "manifest.json"
VERSION: Final = 1
PARTS: Final = ("database", "files", "keys")
PIECE: Final = 1 << 20


class Refused(Exception):
    """This backup is not restored: altered, incomplete, of a later version, or under another passphrase."""


@dataclass(slots=True)
class Manifest:
    """The content of `manifest.json`. `tables`: name -> (rows, sum of row digests)."""

    at: str
    parts: dict[str, dict[str, str | int]] = field(default_factory=dict)
    tables: dict[str, tuple[int, str]] = field(default_factory=dict)
    key: dict[str, str | int] = field(default_factory=dict)
    version: int = VERSION


def write(folder: Path, manifest: Manifest, key: bytes) -> None:
    """Sign (SM2, whose house it is) and authenticate (the passphrase, that nobody else made it)."""
    body = orjson.dumps(asdict(manifest), option=orjson.OPT_SORT_KEYS)
    made = signer().sign(body)
    outer = {
        "body": body.decode(),
        "mac": _mac(key, body),
        "signature": [made.algorithm, made.key_id, made.value_b64],
        "public_key": signer().public_pem(),
    }
    (folder / FILE).write_bytes(orjson.dumps(outer, option=orjson.OPT_INDENT_2))


def read(folder: Path, passphrase: str) -> tuple[Manifest, bytes, str]:
    """Manifest, key of the backup, id of the key that signed it, after every part was held against its hash.

    Raises Refused before anything is restored.
    """
    try:
        outer = orjson.loads((folder / FILE).read_bytes())
        body = outer["body"].encode()
        words = orjson.loads(body)
        key = box.unwrapped(words["key"], passphrase)
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"the manifest cannot be read: {error}") from error
    except box.Altered:
        raise Refused("the passphrase is another one, or the manifest was altered") from None
    if not hmac.compare_digest(str(outer.get("mac")), _mac(key, body)):
        raise Refused("the manifest was altered")
    if words["version"] != VERSION:
        raise Refused(f"this backup has version {words['version']}, this program reads {VERSION}")
    _hold(folder, words["parts"])
    return Manifest(**words), key, _signed_by(outer, body)


def _mac(key: bytes, body: bytes) -> str:
    return hmac.digest(expand(key, "backup/manifest", 32), body, "sm3").hex()


def _signed_by(outer: Mapping[str, Any], body: bytes) -> str:
    try:
        made, public = Signature(*outer["signature"]), sm2.Key.read(outer["public_key"].encode())
    except (KeyError, TypeError, AttributeError, sm2.Missing) as error:
        raise Refused("the signature cannot be read") from error
    known = made.algorithm == signing.ALGORITHM and made.key_id == signing.key_id(public)
    if not known or not signing.holds(public, body, made.value_b64):
        raise Refused("the signature does not fit the manifest")
    return made.key_id


def _hold(folder: Path, parts: Mapping[str, Mapping[str, str | int]]) -> None:
    if set(parts) != set(PARTS):
        raise Refused("the manifest does not name every part")
    for name, told in parts.items():
        at = folder / f"{name}.sealed"
        if not at.exists() or (at.stat().st_size, digest_of(at)) != (told["size"], told["sm3"]):
            raise Refused(f"the part {name} was altered or is missing")


def digest_of(path: Path) -> str:
    """SM3 of a file, in hex."""
    digest = hashlib.new("sm3")
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
