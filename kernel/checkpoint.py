"""Signed checkpoints over the heads of all audit lanes, kept outside the database.

Whoever owns the database and even the chain's key can rewrite the chain, but not a line of this file: each is
signed (SM2) and carries the digest of the line before it.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from django.db import connections

from kernel import clock
from kernel.conf import data_folder
from kernel.crypto import Signature, signer

HEADS = "SELECT lane, sequence, encode(mac, 'hex') FROM kernel_auditlane ORDER BY lane"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One line of the file: when, the heads `lane -> (sequence, mac in hex)`, whether it is genuine."""

    line: int
    at: str
    heads: dict[int, tuple[int, str]]
    genuine: bool


def path() -> Path:
    """The file, one JSON line a checkpoint; back it up to a second place."""
    return data_folder() / "audit" / "checkpoints.jsonl"


def write() -> Checkpoint:
    """Append a checkpoint over the heads as they are committed now, and sync it to disk."""
    path().parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with path().open("ab+") as file:
        # Two writers would both follow the same line.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = file.read().splitlines()
        with connections["audit"].cursor() as cursor:
            cursor.execute(HEADS)
            heads = {str(lane): [sequence, mac] for lane, sequence, mac in cursor.fetchall()}
        body = orjson.dumps({"at": clock.now().isoformat(), "heads": heads, "previous": _digest(lines)})
        signature = signer().sign(body)
        words = [signature.algorithm, signature.key_id, signature.value_b64]
        line = orjson.dumps({"body": body.decode(), "signature": words})
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return _read(len(lines) + 1, line, _digest(lines))


def read() -> Iterator[Checkpoint]:
    """Every checkpoint, oldest first; `genuine` is False where signature or sequence of lines is broken."""
    if not path().exists():
        return
    lines: list[bytes] = []
    for number, line in enumerate(path().read_bytes().splitlines(), start=1):
        yield _read(number, line, _digest(lines))
        lines = [line]


def _digest(lines: list[bytes]) -> str:
    return hashlib.new("sm3", lines[-1] if lines else b"").hexdigest()


def _read(number: int, line: bytes, previous: str) -> Checkpoint:
    try:
        outer = orjson.loads(line)
        body = orjson.loads(outer["body"])
        heads = {int(lane): (int(sequence), str(mac)) for lane, (sequence, mac) in body["heads"].items()}
        signed = signer().verify(outer["body"].encode(), Signature(*outer["signature"]))
        return Checkpoint(number, str(body["at"]), heads, signed and body["previous"] == previous)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Checkpoint(number, "", {}, False)
