"""What happened to a leg beside its steps, in words: said, printed, signed, left the ward, asked of a specialist, sent
to a hospital outside."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock
from kernel.errors import Text
from referral.choices import Activity, Aside, Bound, MessageState, PrintKind, Says
from referral.selectors.desk.opinions import ASKED, SAID
from referral.selectors.leg.happened import Happened


def _word(row: Happened) -> tuple[Text, str]:
    return pgettext_lazy("history", "said"), str(row.body["text"])


def _print(row: Happened) -> tuple[Text, str]:
    whole = _("with the whole ID number") if row.body["whole"] else _("number masked")
    told = [
        PrintKind(row.body["what"]).label,
        _("version %(n)s") % {"n": row.number},
        whole,
        row.body["workplace"],
    ]
    return pgettext_lazy("history", "printed"), " · ".join(str(one) for one in told if one)


def _form(row: Happened) -> tuple[Text, str]:
    return pgettext_lazy("history", "form signed"), ""


def _message(row: Happened) -> tuple[Text, str]:
    """A message with a hospital outside: what it was about, how it stands, what was answered."""
    told = [Activity(row.body["activity"]).label, MessageState(row.body["state"]).label, row.body["answer"]]
    sent = row.body["way"] == Bound.OUT
    what = (
        pgettext_lazy("history", "message sent to outside")
        if sent
        else pgettext_lazy("history", "message from outside")
    )
    return what, " · ".join(str(one) for one in told if one)


def _left(row: Happened) -> tuple[Text, str]:
    """The discharge: when she left, where that was written down later."""
    left_at = datetime.fromisoformat(row.body["left_at"])
    late = row.at - left_at >= timedelta(minutes=1)
    return Aside.DISCHARGED.label, f"{clock.local(left_at):%m-%d %H:%M}" if late else ""


def _asked(row: Happened) -> tuple[Text, str]:
    to = f"→ {row.body['ward']} {row.body['to'] or ''}".strip()
    return ASKED, f"{to} {row.body['text']}".strip()


def _said(row: Happened) -> tuple[Text, str]:
    says = str(Says(row.body["says"]).label) if row.body["says"] else ""
    return SAID, " · ".join(part for part in (row.body["ward"], says, row.body["text"]) if part)


BESIDE: Final[Mapping[str, Callable[[Happened], tuple[Text, str]]]] = {
    "word": _word,
    "print": _print,
    "form": _form,
    "message": _message,
    "left": _left,
    "asked": _asked,
    "said": _said,
}
"""What is told beside the steps, each in its own words."""
