"""What every template may ask about the person in front of the screen."""

from typing import Any

from django.http import HttpRequest

from kernel.actor import Actor


def actor(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `actor`, `signed_in` (None for a stranger) and `unread`; no statement of its own."""
    signed = getattr(request, "signed_in", None)
    known: Actor | None = getattr(request, "actor", None)
    return {"actor": known, "signed_in": signed, "unread": signed.unread if signed else 0}
