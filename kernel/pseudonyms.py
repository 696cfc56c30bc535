"""What a patient is called where nobody may know her: a keyed name that leads back only inside the house."""

import base64
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from kernel import crypto

CONTEXT: Final = "kernel_auditentry.patient"
LENGTH: Final = 10


def of(patient: UUID) -> str:
    """Ten letters and digits, the same for the same patient: `P4K2A7QXM3`."""
    digest = crypto.blind(CONTEXT, str(patient))
    return "P" + base64.b32encode(digest)[: LENGTH - 1].decode()


def bearer(pseudonym: str, among: Iterable[UUID]) -> UUID | None:
    """Which of the patients bears it; None when none does."""
    wanted = pseudonym.strip().upper()
    return next((patient for patient in among if of(patient) == wanted), None)
