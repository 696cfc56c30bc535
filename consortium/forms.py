"""What people type at the doors and at the managers' consoles."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium import doors, selectors, services
from consortium.choices import Licence, Role, Title
from consortium.services import Answer, Question
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.forms import OrderForm


class DoorForm(forms.Form):
    """A form that asks one of the doors; `status` is the page's: 200 untouched, 422 wrong, 429 locked."""

    status = 200
    wrong = _("Account or password is wrong.")

    def hear(self, answer: Answer) -> Answer:
        """Put the door's refusal into words."""
        if not answer.accepted:
            locked = answer.locked_until is not None
            self.status = 429 if locked else 422
            self.add_error(None, _locked(answer) if locked else _wrong(self.wrong, answer))
        return answer


class SignInForm(DoorForm):
    """First factor."""

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
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def ask(self, by: Actor) -> Answer | None:
        """The door's answer; None while a field is missing."""
        if not self.is_valid():
            self.status = 422 if self.is_bound else 200
            return None
        return self.hear(services.check_password(by=by, **self.cleaned_data))


class ReopenForm(DoorForm):
    """The password alone, on a locked page."""

    wrong = _("The password is wrong.")
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def ask(self, by: Actor, session_id: UUID) -> Answer | None:
        """The door's answer; None while nothing was typed."""
        if not self.is_valid():
            self.status = 422 if self.is_bound else 200
            return None
        return self.hear(services.reopen(by=by, session_id=session_id, **self.cleaned_data))


class CodeForm(DoorForm):
    """Second factor."""

    wrong = _("This code does not fit, or was used already. Wait for the next one.")
    code = forms.CharField(
        label=_("One-time code"),
        max_length=16,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "class": "ly-otp",
                "data-submit-at": "6",
            }
        ),
    )

    def ask(self, by: Actor, staff_id: UUID, agent: str) -> Answer | None:
        """The door's answer; None while nothing was typed."""
        if not self.is_valid():
            self.status = 422 if self.is_bound else 200
            return None
        return self.hear(services.check_code(by=by, staff_id=staff_id, agent=agent, **self.cleaned_data))

    def enrol(self, by: Actor, staff_id: UUID, secret: str) -> list[str]:
        """Bind the authenticator that shows this code; the recovery codes, or nothing when the code is wrong."""
        if not self.is_valid():
            self.status = 422 if self.is_bound else 200
            return []
        try:
            return services.enrol(by=by, staff_id=staff_id, secret=secret, code=self.cleaned_data["code"])
        except Invalid as refusal:
            self.status = refusal.status
            self.add_error("code", str(refusal.fields["code"]))
            return []


class PasswordForm(OrderForm):
    """A new password; the present one is not asked for again right after a one-time password."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters, three of: small letters, capitals, digits, signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:
            del self.fields["old"]

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("The two new passwords differ."))
        return str(self.cleaned_data["again"])

    def words(self) -> dict[str, str]:
        """Old and new password, as the verb takes them."""
        return {"old": self.cleaned_data.get("old", ""), "new": self.cleaned_data["new"]}


class FindForm(forms.Form):
    """Looking for a colleague; sent by POST, so that no name stands in an address."""

    text = forms.CharField(
        label=_("Name, account or initials"), required=False, max_length=60, widget=forms.TextInput()
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=1000, widget=forms.HiddenInput)

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """Text and page, whatever was sent."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {"text": given.get("text") or "", "page": given.get("page") or 1}


class AccountForm(OrderForm):
    """A new account."""

    name = forms.CharField(label=_("Name"), max_length=60)
    username = forms.CharField(
        label=_("Account"),
        max_length=40,
        help_text=_("Small letters and digits; the pinyin of the name is usual."),
    )
    id_number = forms.CharField(
        label=_("ID number"), max_length=18, widget=forms.TextInput(attrs={"class": "ly-mono"})
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    licence = forms.ChoiceField(label=_("Licence"), choices=Licence.choices)
    licence_number = forms.CharField(label=_("Licence number"), max_length=40, required=False)
    title = forms.ChoiceField(label=_("Title"), choices=Title.choices)


class PostForm(OrderForm):
    """A post to be given. Departments stand under their organisation."""

    role = forms.ChoiceField(label=_("Post"), choices=Role.choices)
    place = forms.ChoiceField(label=_("Place"))
    until = forms.DateField(
        label=_("Until (not included)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    clearance = forms.TypedChoiceField(
        label=_("Reads up to level"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", _("as usual for the post")), *((level, str(level)) for level in range(1, 6))],
    )
    below = forms.BooleanField(label=_("Also for everything below this place"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = selectors.place_choices()  # type: ignore[attr-defined]  # a ChoiceField

    def post(self) -> dict[str, Any]:
        """The post as the verb takes it."""
        given = self.order()
        organisation, _slash, department = given.pop("place").partition("/")
        return {
            **given,
            "organisation_id": UUID(organisation),
            "department_id": UUID(department) if department else None,
        }


class DecisionForm(OrderForm):
    """The second person's word; a reason only where she says no."""

    reason = forms.CharField(
        label=_("Why not"),
        required=False,
        max_length=300,
        help_text=_("The proposer reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AuditForm(forms.Form):
    """What is looked for in the audit chain."""

    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    actor = forms.CharField(label=_("Who (account)"), required=False, max_length=80)
    action = forms.CharField(
        label=_("What"),
        required=False,
        max_length=80,
        help_text=_("For example referral.accepted, or referral. for all"),
    )
    outcome = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[
            ("", _("all")),
            ("success", _("done")),
            ("refused", _("refused")),
            ("failure", _("failed")),
        ],
    )
    subject = forms.CharField(label=_("Number of the record"), required=False, max_length=60)
    patient = forms.UUIDField(label=_("Number of the patient"), required=False)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def question(self) -> tuple[Question, UUID | None]:
        """What is asked, and after which entry the page goes on. A field that makes no sense does not narrow."""
        self.is_valid()
        given = dict(self.cleaned_data) if self.is_bound else {}
        before = given.pop("before", None)
        return Question(**{name: value for name, value in given.items() if value}), before


def _locked(answer: Answer) -> str:
    minutes = doors.minutes_until(answer.locked_until)
    return ngettext(
        "Too many failed tries. Please try again in %(minutes)d minute, or ask the system manager.",
        "Too many failed tries. Please try again in %(minutes)d minutes, or ask the system manager.",
        minutes,
    ) % {"minutes": minutes}


def _wrong(sentence: Any, answer: Answer) -> str:
    left = ngettext(
        "%(left)d more try, then it is locked for 30 minutes.",
        "%(left)d more tries, then it is locked for 30 minutes.",
        answer.tries_left,
    ) % {"left": answer.tries_left}
    return said("%(what)s %(left)s") % {"what": sentence, "left": left}
