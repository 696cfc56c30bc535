"""Sealed bytes and keyed search values of what identifies a person or carries a label from 4 up."""

from functools import cache
from typing import Final

from emr.repository.choices import SEALED_KINDS
from emr.repository.engine.tokens import Hasher
from kernel import crypto, labels

CONTEXT: Final = "emr_resource.content"


def is_sealed(kind: str, label: int) -> bool:
    """Whether the bytes of this row are sealed."""
    return kind in SEALED_KINDS or label >= labels.SEALED_FROM


def close(kind: str, id_: str, label: int, content: bytes) -> bytes:
    """Bytes as they are stored. A tombstone has none."""
    if content and is_sealed(kind, label):
        return crypto.seal_bytes(CONTEXT, f"{kind}/{id_}", content)
    return content


def open_(kind: str, id_: str, label: int, stored: bytes) -> bytes:
    """Bytes as they are served. Raises crypto.Unsealable when they were altered."""
    if stored and is_sealed(kind, label):
        return crypto.unseal_bytes(CONTEXT, f"{kind}/{id_}", stored)
    return stored


@cache
def hasher(kind: str) -> Hasher:
    """Search hashes of a kind: keyed for the kinds that identify a person."""
    if kind not in SEALED_KINDS:
        return Hasher()
    context = f"emr_resource.{kind}"
    return Hasher(lambda text: crypto.blind(context, text.decode("utf-8")))
