"""Every write of diagnostics: the request's way, the reading's way, the critical value's way."""

from diagnostics.services.critical import acknowledge, pass_up, raise_critical
from diagnostics.services.items import load_items
from diagnostics.services.reading import (
    amend,
    claim,
    open_reading,
    release,
    save_draft,
    send_back,
    submit,
    take_over,
)
from diagnostics.services.requests import attach_material, cancel, register, request_exam
from diagnostics.services.returning import detach_material, retake
from diagnostics.services.signing import open_report, review, sign

__all__ = [
    "acknowledge",
    "amend",
    "attach_material",
    "cancel",
    "claim",
    "detach_material",
    "load_items",
    "open_reading",
    "open_report",
    "pass_up",
    "raise_critical",
    "register",
    "release",
    "request_exam",
    "retake",
    "review",
    "save_draft",
    "send_back",
    "sign",
    "submit",
    "take_over",
]
