"""Text messages as a telephone would show them; for the demonstration alone."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation

from consortium.gateways import words_of
from consortium.models import TextMessage
from kernel import crypto

SEALED = "consortium_textmessage.telephone"
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """One message: to which number, its words, where it stands."""

    telephone: str
    words: str
    state: str
    at: datetime


def demo_texts() -> list[Shown]:
    """The newest messages; nothing outside the demo mode, whose people are invented."""
    if not settings.DEMO:
        return []
    with translation.override("zh-hans"):
        return [
            Shown(
                crypto.unseal(SEALED, row.pk, row.telephone_sealed),
                words_of(row.template, row.values),
                row.get_state_display(),
                row.sent_at or row.created_at,
            )
            for row in TextMessage.objects.order_by("-pk")[:SHOWN]
        ]
