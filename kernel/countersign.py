"""The second signer: a licensed CA and its time-stamp service over HTTP, for papers the platform has signed.

Three steps, as with every other house: take what is due (committed), ask (no transaction is open), write the
answer down. An answer counts only when the CA's own key verifies it. `LIANYI_CA_URL` is one address for both.
"""

import base64
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kernel import audit, clock
from kernel.actor import Actor
from kernel.crypto import signing, sm2
from kernel.models import PaperSeal
from kernel.posting import Unanswered, post

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
LEASE: Final = timedelta(minutes=2)
LONGEST: Final = timedelta(hours=6)
TRIES: Final = 40
"""With waits that double up to LONGEST: about eight days."""


@dataclass(frozen=True, slots=True)
class Countersignature:
    """What a CA gives for a digest: its signature over digest and time, and the certificate's number."""

    algorithm: str
    certificate: str
    value: str
    at: str

    def covered(self, digest: bytes) -> bytes:
        """The bytes under the signature."""
        return f"{digest.hex()}|{self.at}".encode()


class Ca(Protocol):
    """An adapter to one CA's product; CA_ADAPTER names its class."""

    def sign(self, digest: bytes, request: str) -> Countersignature:
        """Raises Unanswered."""
        ...


class HttpCa:
    """POST JSON to `<CA_URL>/sign`; the answer is held against the CA's public key in CA_PUBLIC_KEY."""

    def sign(self, digest: bytes, request: str) -> Countersignature:
        asked = {"request": request, "digest_algorithm": "SM3", "digest": digest.hex()}
        told = post(f"{settings.CA_URL.rstrip('/')}/sign", asked, patience=settings.CA_TIMEOUT)
        try:
            made = Countersignature(told["algorithm"], told["certificate"], told["signature"], told["time"])
            base64.b64decode(made.value, validate=True)
            drift = abs(datetime.fromisoformat(made.at) - clock.now())
        except (KeyError, TypeError, ValueError) as error:
            raise Unanswered(f"the answer cannot be read: {error}") from error
        if not signing.holds(_public(), made.covered(digest), made.value):
            raise Unanswered("the signature does not fit the CA's key")
        if drift > timedelta(minutes=10):
            raise Unanswered(f"the time stamp is off by {drift}")
        return made


def _public() -> sm2.Key:
    try:
        return sm2.Key.read(Path(settings.CA_PUBLIC_KEY).read_bytes())
    except (OSError, sm2.Missing) as error:
        raise Unanswered(f"CA_PUBLIC_KEY: {error}") from error


def exchange(*, by: Actor) -> int:
    """Ask the CA for everything that is due; how many papers were countersigned."""
    if not settings.CA_URL:
        return 0
    ca: Ca = import_string(settings.CA_ADAPTER)()
    done = 0
    for row in _lease():
        try:
            made = ca.sign(bytes(row.digest), str(row.pk))
        except Unanswered as error:
            _wait(row, str(error))
        else:
            _keep(by, row, made)
            done += 1
    return done


@transaction.atomic
def _lease() -> list[PaperSeal]:
    """Papers that wait; a lost worker's come up again when its lease is over."""
    due = PaperSeal.objects.select_for_update(skip_locked=True).filter(
        ca_state="due", ca_due_at__lte=clock.now()
    )
    rows = list(due.order_by("ca_due_at", "pk")[:AT_ONCE])
    PaperSeal.objects.filter(pk__in=[row.pk for row in rows]).update(ca_due_at=clock.now() + LEASE)
    return rows


def _wait(row: PaperSeal, reason: str) -> None:
    """Try again later, at last give up: the platform's own signature stands all the same."""
    tries = row.ca_attempts + 1
    log.warning("paper %s is not countersigned (try %s): %s", row.pk, tries, reason)
    state = "failed" if tries >= TRIES else "due"
    pause = min(LONGEST, timedelta(seconds=5) * 2 ** min(tries, 16))
    PaperSeal.objects.filter(pk=row.pk, ca_state="due").update(
        ca_attempts=tries, ca_state=state, ca_due_at=clock.now() + pause
    )


@transaction.atomic
def _keep(by: Actor, row: PaperSeal, made: Countersignature) -> None:
    words = {
        "algorithm": made.algorithm,
        "certificate": made.certificate,
        "value": made.value,
        "at": made.at,
    }
    waiting = PaperSeal.objects.filter(pk=row.pk, ca_state="due")
    if waiting.update(ca_state="done", ca_answer=words, ca_due_at=None):
        audit.record(
            by=by, action="paper.countersigned", subject=row, detail={"certificate": made.certificate}
        )


def genuine(row: PaperSeal) -> bool:
    """Whether the CA's signature over this paper's digest still verifies."""
    told = row.ca_answer or {}
    try:
        made = Countersignature(told["algorithm"], told["certificate"], told["value"], told["at"])
        return signing.holds(_public(), made.covered(bytes(row.digest)), made.value)
    except (KeyError, Unanswered):
        return False


def kind_of(row: PaperSeal) -> str:
    """Which kind of key signed a paper: a licensed CA's, verified now; a device's; or the platform's in software."""
    if row.ca_state == "done" and genuine(row):
        told = row.ca_answer or {}
        words = {"certificate": told.get("certificate", ""), "at": told.get("at", "")}
        return _("licensed CA, certificate %(certificate)s, %(at)s") % words
    own = (
        _("software signature of the platform, no licensed CA")
        if row.provider == "software"
        else _("signature of device %(name)s, no licensed CA") % {"name": row.provider}
    )
    return f"{own}（{_('the CA has not answered yet')}）" if row.ca_state == "due" else own
