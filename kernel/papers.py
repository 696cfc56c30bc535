"""Signed papers: each version is sealed once, and a code on the paper leads to a page that says whether it holds.

Every kind of paper is registered by the app that writes it (`paper_kind`), which says what stands there now.
The platform's key signs inside the verb. A licensed CA may follow (`kernel.countersign`).
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID

import segno
from django.conf import settings
from django.db.models import Max
from django.utils.safestring import SafeString, mark_safe

from kernel import clock
from kernel.crypto import Signature, signer
from kernel.errors import OutOfReach, Text
from kernel.models import PaperSeal

TOKEN_BYTES: Final = 16
SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{22}")
PATH: Final = "/verify/"
"""Where the code on a paper leads; portal answers there."""
State = Literal["genuine", "altered", "superseded"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the database now under one version of a paper. `patient` is masked.

    `data` is None where only the newest version's words stand.
    """

    data: bytes | None
    newest: bool
    title: Text
    place: str
    patient: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the public page says about a paper."""

    state: State
    title: Text
    place: str
    patient: str
    version: int
    signed_at: datetime
    seal: PaperSeal


Resolver = Callable[[UUID, int], Standing | None]
_kinds: dict[str, Resolver] = {}


def paper_kind(name: str, resolve: Resolver) -> None:
    """Register a kind of paper; `resolve(subject, version)` answers what stands there now."""
    _kinds[name] = resolve


def digest(data: bytes) -> bytes:
    """SM3, 32 bytes."""
    return hashlib.new("sm3", data).digest()


def seal(*, kind: str, subject: UUID, version: int, data: bytes) -> PaperSeal:
    """Sign the canonical bytes of a paper, in the verb's transaction. One seal for one version."""
    house = signer()
    made = house.sign(data)
    waits = bool(settings.CA_URL)
    return PaperSeal.objects.create(
        token=base64.urlsafe_b64encode(secrets.token_bytes(TOKEN_BYTES)).rstrip(b"=").decode(),
        kind=kind,
        subject=subject,
        version=version,
        digest=digest(data),
        algorithm=made.algorithm,
        key_id=made.key_id,
        value=made.value_b64,
        provider=house.provider,
        signed_at=clock.now(),
        ca_state="due" if waits else "none",
        ca_due_at=clock.now() if waits else None,
    )


def of(kind: str, subject: UUID, version: int) -> PaperSeal | None:
    """The seal of one version; None for papers from before there were seals."""
    return PaperSeal.objects.filter(kind=kind, subject=subject, version=version).first()


def newest(kind: str, subject: UUID) -> PaperSeal | None:
    """The seal of the newest version; None for papers from before there were seals."""
    return PaperSeal.objects.filter(kind=kind, subject=subject).order_by("-version").first()


def all_of(kind: str, subject: UUID) -> list[PaperSeal]:
    """Every seal of a paper, the oldest first; one statement."""
    return list(PaperSeal.objects.filter(kind=kind, subject=subject).order_by("version"))


def latest(kind: str, subject: UUID) -> int:
    """Number of the newest sealed version; 0 before the first."""
    rows = PaperSeal.objects.filter(kind=kind, subject=subject)
    return rows.aggregate(last=Max("version"))["last"] or 0


def holds(row: PaperSeal, data: bytes) -> bool:
    """Whether the bytes are those that were signed, and the signature is one of the platform's keys."""
    made = Signature(row.algorithm, row.key_id, row.value)
    return hmac.compare_digest(bytes(row.digest), digest(data)) and signer().verify(data, made)


def subject_of(kind: str, code: str) -> UUID | None:
    """What a paper of this kind is about, by its code or the address under its code; None for any other text."""
    token = code.strip().rstrip("/").rpartition("/")[2]
    if not SHAPE.fullmatch(token):
        return None
    return PaperSeal.objects.filter(token=token, kind=kind).values_list("subject", flat=True).first()


def verdict(token: str) -> Verdict:
    """What is to be said about the paper with this code. Raises OutOfReach for any other text, always alike."""
    row = PaperSeal.objects.filter(token=token).first() if SHAPE.fullmatch(token) else None
    resolve = _kinds.get(row.kind) if row else None
    if row is None or resolve is None:
        raise OutOfReach
    now = resolve(row.subject, row.version)
    if now is None:
        return Verdict("altered", "", "", "", row.version, row.signed_at, row)
    state: State = "genuine" if now.newest else "superseded"
    if (now.newest and now.data is None) or (now.data is not None and not holds(row, now.data)):
        state = "altered"
    return Verdict(state, now.title, now.place, now.patient, row.version, row.signed_at, row)


@lru_cache(512)
def qr(text: str) -> SafeString:
    """A QR code as inline SVG with attributes alone: the content security policy takes no style."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from our own text
