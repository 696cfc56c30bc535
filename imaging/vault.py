"""What a device says about a person: sealed for keeping, hashed with keys for finding (8.1.4.8)."""

from collections.abc import Iterable
from typing import Final

import orjson

from imaging.engine import names
from imaging.engine.sieve import Said
from imaging.models import Study
from kernel import crypto

SAID: Final = "imaging_study.said"
METADATA: Final = "imaging_instance.metadata"
SIGNED: Final = 1 << 63
WRAP: Final = 1 << 64


def seal_said(uid: str, said: Said) -> bytes:
    """The words about the person, for the study `uid` alone."""
    return crypto.seal_bytes(SAID, uid, orjson.dumps(tuple(said)))


def unseal_said(uid: str, sealed: bytes | memoryview) -> Said:
    """Raises Unsealable when the words are not as they were written here."""
    return Said(*orjson.loads(crypto.unseal_bytes(SAID, uid, sealed)))


def said_of(study: Study) -> Said:
    return unseal_said(study.uid, study.said_sealed)


def patient_id_key(patient_id: str) -> bytes | None:
    """Blind index of PatientID; None when the device gave none."""
    return crypto.blind("imaging_study.patient_id", patient_id) if patient_id else None


def tokens(pieces: Iterable[str]) -> list[int]:
    """Keyed signed 64-bit hashes of pieces of a name."""
    found = (int.from_bytes(crypto.blind("imaging_study.name", piece)[:8], "big") for piece in pieces)
    return sorted(value - WRAP if value >= SIGNED else value for value in found)


def name_tokens(said: Said) -> list[int]:
    """Everything the name of a study is found by."""
    return tokens(names.pieces(said.forms))


def seal_metadata(uid: str, metadata: bytes) -> bytes:
    """The header of the object `uid` as DICOM JSON: it names the person more than once."""
    return crypto.seal_bytes(METADATA, uid, metadata)


def unseal_metadata(uid: str, sealed: bytes | memoryview) -> bytes:
    return crypto.unseal_bytes(METADATA, uid, sealed)
