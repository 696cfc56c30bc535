"""What people type at the doors: each form asks its door and puts a refusal into words."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium import doors, services
from consortium.services import ANYWHERE, Answer, Seat
from kernel.actor import Actor
from kernel.errors import Invalid


def password_field(**more: Any) -> forms.CharField:
    """The present password."""
    attributes = {"autocomplete": "current-password", **more}
    widget = forms.PasswordInput(attrs=attributes)
    return forms.CharField(label=_("Password"), max_length=200, strip=False, widget=widget)


class CodeInput(forms.TextInput):
    """A refused code does not come back: the next one is typed into an empty field, which sends it by itself."""

    def format_value(self, value: Any) -> str | None:
        return None


def code_field(**more: Any) -> forms.CharField:
    """A code of the authenticator, or a recovery code."""
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "ly-otp", **more}
    return forms.CharField(label=_("One-time code"), max_length=16, widget=CodeInput(attrs=attributes))


class DoorForm(forms.Form):
    """A form that asks one of the doors; `status` is the page's: 200 untouched, 422 wrong, 429 locked."""

    status = 200
    wrong = _("Account or password is wrong.")

    def filled(self) -> bool:
        """Whether everything was typed that the door asks for."""
        if self.is_valid():
            return True
        self.status = 422 if self.is_bound else 200
        return False

    def hear(self, answer: Answer) -> Answer:
        """Put the door's refusal into words."""
        if not answer.accepted:
            locked = answer.locked_until is not None
            self.status = 429 if locked else 422
            self.add_error(None, _locked(answer) if locked else _wrong(self.wrong, answer))
        return answer


class SignInForm(DoorForm):
    """First factor. A stranger hears one sentence, whatever is wrong."""

    wrong = _(
        "Account or password is wrong, or the account is locked: after 5 wrong tries it stays locked for 30 minutes. "
        "The system manager can unlock it at once."
    )
    username = forms.CharField(
        label=_("Account"),
        max_length=150,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autofocus": True,
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    password = password_field()

    def ask(self, by: Actor, seat: Seat = ANYWHERE) -> Answer | None:
        """The door's answer; None while a field is missing."""
        if not self.filled():
            return None
        return self.hear(services.check_password(by=by, seat=seat, **self.cleaned_data))


class ReopenForm(DoorForm):
    """The password alone, on a locked page."""

    wrong = _("The password is wrong.")
    password = password_field(autofocus=True)

    def ask(self, by: Actor, session_id: UUID) -> Answer | None:
        """The door's answer; None while nothing was typed."""
        if not self.filled():
            return None
        return self.hear(services.reopen(by=by, session_id=session_id, **self.cleaned_data))


class CodeForm(DoorForm):
    """Second factor."""

    wrong = _("This code does not fit, or was used already. Wait for the next one.")
    code = code_field(**{"autofocus": True, "data-submit-at": "6"})

    def ask(self, by: Actor, staff_id: UUID, seat: Seat = ANYWHERE) -> Answer | None:
        """The door's answer; None while nothing was typed."""
        if not self.filled():
            return None
        return self.hear(services.check_code(by=by, staff_id=staff_id, seat=seat, **self.cleaned_data))

    def enrol(self, by: Actor, staff_id: UUID, secret: str) -> list[str]:
        """Bind the authenticator that shows this code; the recovery codes, or nothing when the code is wrong."""
        if not self.filled():
            return []
        try:
            return services.enrol(by=by, staff_id=staff_id, secret=secret, code=self.cleaned_data["code"])
        except Invalid as refusal:
            self.status = refusal.status
            self.add_error("code", str(refusal.fields["code"]))
            return []


class StepUpForm(DoorForm):
    """Both factors once more; the code falls away where the gateway sees the person's certificate."""

    wrong = _("Password or code is wrong, or the code was used already. Wait for the next one.")
    password = password_field(autofocus=True)
    code = code_field()

    def __init__(self, *args: Any, certificate: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not certificate

    def ask(self, by: Actor, seat: Seat) -> Answer | None:
        """The door's answer; None while something is missing."""
        if not self.filled():
            return None
        return self.hear(services.prove(by=by, seat=seat, **self.cleaned_data))


def _locked(answer: Answer) -> str:
    minutes = doors.minutes_until(answer.locked_until)
    return ngettext(
        "Too many failed tries. Please try again in %(minutes)d minute, or ask the system manager.",
        "Too many failed tries. Please try again in %(minutes)d minutes, or ask the system manager.",
        minutes,
    ) % {"minutes": minutes}


def _wrong(sentence: Any, answer: Answer) -> str:
    if answer.tries_left is None:
        return str(sentence)
    left = ngettext(
        "%(left)d more try, then it is locked for 30 minutes.",
        "%(left)d more tries, then it is locked for 30 minutes.",
        answer.tries_left,
    ) % {"left": answer.tries_left}
    return said("%(what)s %(left)s") % {"what": sentence, "left": left}
