"""What the audit manager types."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import selectors
from consortium.services import Question
from kernel import days, deeds
from kernel.exports import Purpose
from kernel.web.forms import offer

OUTCOMES = [("", _("all")), ("success", _("done")), ("refused", _("refused")), ("failure", _("failed"))]


class AuditForm(forms.Form):
    """What is looked for in the audit chain."""

    since = days.DayField(label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = days.DayField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    outcome = forms.ChoiceField(label=_("Result"), required=False, choices=OUTCOMES)
    actor = forms.CharField(label=_("Who (account)"), required=False, max_length=80)
    action = forms.CharField(
        label=_("What"),
        required=False,
        max_length=80,
        help_text=_("In words (signed in), or by code: referral.accept, or referral. for all"),
    )
    patient = forms.CharField(
        label=_("Whose record (P…)"),
        required=False,
        max_length=36,
        help_text=_("The name a patient bears here, from another entry"),
    )
    organisation = forms.TypedChoiceField(
        label=_("Place"), required=False, coerce=UUID, empty_value=None, choices=[]
    )
    address = forms.GenericIPAddressField(label=pgettext_lazy("network", "Address"), required=False)
    subject = forms.CharField(label=_("Number of the record"), required=False, max_length=60)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(one.pk), one.short_name) for one in selectors.all_organisations()]
        offer(self, "organisation", [("", _("all")), *places])

    def question(self) -> tuple[Question, UUID | None]:
        """What is asked, and after which entry the page goes on. A field that makes no sense does not narrow."""
        self.is_valid()
        given = dict(self.cleaned_data) if self.is_bound else {}
        before = given.pop("before", None)
        words = given.get("action", "")
        if words and "." not in words:
            # Words that name nothing are looked for as they stand, and find nothing.
            given |= {"action": "", "actions": tuple(deeds.called(words)) or (words,)}
        names = Question.__dataclass_fields__
        return Question(**{name: value for name, value in given.items() if value and name in names}), before

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The fields that narrow, as they were sent: for the buttons that go on with them."""
        return [
            (name, self.data[name])
            for name in self.fields
            if self.is_bound and name != "before" and self.data.get(name)
        ]


class AuditExportForm(AuditForm):
    """The same, taken out: what for, and in which form."""

    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose.choices)
    form = forms.ChoiceField(
        label=pgettext_lazy("file", "Form"),
        choices=[("jsonl", "JSON Lines"), ("syslog", "syslog (RFC 5424)")],
    )
