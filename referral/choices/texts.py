"""What patients are written: the kinds of text messages, and which step sends which. No illness is named in them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import pgettext

from kernel.errors import Text
from referral.choices.table import Aside, Event

Values = Mapping[str, Any]


def _where(values: Values) -> str:
    """Hospital, department, place; without the last two where they would tell an illness."""
    return " ".join(part for part in (values["hospital"], values["department"], values["place"]) if part)


def _accepted(values: Values) -> Text:
    said = {"where": values["hospital"], "phone": values["telephone"]}
    words = pgettext(
        "text message", "%(where)s takes your referral. A bed or a time follows. Questions: %(phone)s."
    )
    return words % said


def _scheduled(values: Values) -> Text:
    said = {"where": _where(values), "phone": values["telephone"], "when": values["when"]}
    words = (
        pgettext("text message", "Your referral: please come to %(where)s, %(when)s. Questions: %(phone)s.")
        if values["when"]
        else pgettext("text message", "Your referral: please come to %(where)s. Questions: %(phone)s.")
    )
    bring = pgettext("text message", " Please bring: %(things)s.") % {"things": values["bring"]}
    return words % said + (bring if values["bring"] else "")


def _waitlisted(values: Values) -> Text:
    said = {"where": values["hospital"], "when": values["when"], "phone": values["telephone"]}
    words = pgettext(
        "text message",
        "%(where)s takes your referral, a place about %(when)s. Worse? See your doctor. Questions: %(phone)s.",
    )
    return words % said


def _expected(values: Values) -> Text:
    said = {"where": values["hospital"], "when": values["when"], "phone": values["telephone"]}
    words = pgettext(
        "text message",
        "%(where)s: your place is now expected about %(when)s. Worse? See your doctor. Questions: %(phone)s.",
    )
    return words % said


def _redirected(values: Values) -> Text:
    said = {"where": values["hospital"], "phone": values["home_phone"]}
    words = pgettext(
        "text message", "Your referral goes to %(where)s now. Questions: your doctor, %(phone)s."
    )
    return words % said


def _rejected(values: Values) -> Text:
    said = {"where": values["hospital"], "phone": values["home_phone"]}
    words = pgettext(
        "text message",
        "%(where)s cannot take your referral now. Your doctor tells you what to do: %(phone)s.",
    )
    return words % said


def _no_show(values: Values) -> Text:
    said = {"where": values["hospital"], "phone": values["home_phone"]}
    words = pgettext(
        "text message",
        "You were expected at %(where)s. If you still want to go, call your doctor: %(phone)s.",
    )
    return words % said


TEXTS: Final[Mapping[str, Callable[[Values], Text]]] = {
    "referral.accepted": _accepted,
    "referral.scheduled": _scheduled,
    "referral.waitlisted": _waitlisted,
    "referral.expected": _expected,
    "referral.redirected": _redirected,
    "referral.rejected": _rejected,
    "referral.no_show": _no_show,
}
SENDS: Final[Mapping[str, str]] = {
    Event.ACCEPT: "referral.accepted",
    Event.SCHEDULE: "referral.scheduled",
    Event.RESCHEDULE: "referral.scheduled",
    Event.WAITLIST: "referral.waitlisted",
    Aside.EXPECTED_MOVED: "referral.expected",
    Event.REDIRECT: "referral.redirected",
    Event.REJECT: "referral.rejected",
    Event.REVOKE: "referral.rejected",
    Event.MARK_NO_SHOW: "referral.no_show",
}
"""Which step, or what beside the table, sends which message."""
