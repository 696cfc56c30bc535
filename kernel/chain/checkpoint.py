"""Signed checkpoints over the heads of all audit lanes, kept outside the database and at a second place.

Whoever owns the database and even the chain's key can rewrite the chain, but not a line of this file: each is
signed (SM2) and carries the digest of the line before it. Whoever holds the signing key too would have to reach
the second place (`kernel.chain.second_place`).
"""

import fcntl
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import orjson
from django.db import connections

from kernel import clock
from kernel.chain import second_place
from kernel.chain.lanes import Finding
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
    note: str = ""


def path() -> Path:
    """The file, one JSON line a checkpoint."""
    return data_folder() / "audit" / "checkpoints.jsonl"


def write() -> Checkpoint:
    """Append a checkpoint over the heads as they are committed now, sync it to disk, hand it to the second place.

    A second place that does not take it raises the alarm, not an error: the checkpoint itself stands.
    """
    path().parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with path().open("ab+") as file:
        # Two writers would both follow the same line.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = file.read().splitlines()
        with connections["audit"].cursor() as cursor:
            cursor.execute(HEADS)
            heads = {str(lane): [sequence, mac] for lane, sequence, mac in cursor.fetchall()}
        previous = _digest(lines[-1] if lines else b"")
        body = orjson.dumps({"at": clock.now().isoformat(), "heads": heads, "previous": previous})
        signature = signer().sign(body)
        words = [signature.algorithm, signature.key_id, signature.value_b64]
        line = orjson.dumps({"body": body.decode(), "signature": words})
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
        second_place.keep([*lines, line])
    return _read(len(lines) + 1, line)


def read() -> list[Checkpoint]:
    """Every checkpoint, oldest first; `genuine` is False where signature or sequence of lines is broken.

    A line is vouched for by a genuine one after it that carries its digest: one signature is computed for the
    whole file, and one for each line whose successor does not vouch.
    """
    lines = _lines()
    points: list[Checkpoint] = []
    vouched = ""
    for number in range(len(lines), 0, -1):
        line, before = lines[number - 1], lines[number - 2] if number > 1 else b""
        held = _digest(line) == vouched
        point = _read(number, line, signed=held)
        vouched = _previous(line) if point.genuine else ""
        if point.genuine and vouched != _digest(before):
            point = Checkpoint(point.line, point.at, point.heads, False, "does not follow the line before it")
        points.append(point)
    return points[::-1]


def differences() -> list[Finding]:
    """Where the file is not what the second place was given, line by line; nothing where there is no such place."""
    lines = _lines()
    return [
        Finding("checkpoint", -1, number, note=f"differs from the second place {second_place.name()}")
        for number, kept in enumerate(second_place.kept(), start=1)
        if number > len(lines) or lines[number - 1] != kept
    ]


def last() -> tuple[int, str]:
    """How many checkpoints there are and when the last one was made; (0, "") before the first."""
    lines = _lines()
    return len(lines), _read(len(lines), lines[-1], signed=True).at if lines else ""


def _lines() -> list[bytes]:
    return path().read_bytes().splitlines() if path().exists() else []


def _digest(line: bytes) -> str:
    return hashlib.new("sm3", line).hexdigest()


def _previous(line: bytes) -> str:
    return str(orjson.loads(orjson.loads(line)["body"])["previous"])


def _read(number: int, line: bytes, *, signed: bool = False) -> Checkpoint:
    """The line as a checkpoint; its own signature is computed unless something else has `signed` for it."""
    try:
        outer = orjson.loads(line)
        body = orjson.loads(outer["body"])
        heads = {int(lane): (int(sequence), str(mac)) for lane, (sequence, mac) in body["heads"].items()}
        genuine = signed or signer().verify(outer["body"].encode(), Signature(*outer["signature"]))
        note = "" if genuine else "the signature is broken"
        return Checkpoint(number, str(body["at"]), heads, genuine, note)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Checkpoint(number, "", {}, False, "the line cannot be read")
