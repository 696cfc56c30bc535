"""What the security manager types about alarms."""

from typing import Any, Self

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consortium.choices import AlarmVerdict
from kernel.models import AlarmRule
from kernel.web.forms import OrderForm


def page_of(request: HttpRequest) -> int:
    """The page an address asks for; the first where it makes no sense."""
    said = request.GET.get("page", "")
    return max(1, int(said)) if said.isdecimal() and len(said) < 6 else 1


class FindingForm(OrderForm):
    """What an alarm turned out to be."""

    verdict = forms.ChoiceField(label=_("It was"), choices=AlarmVerdict.choices, widget=forms.RadioSelect)
    finding = forms.CharField(
        label=_("Finding"),
        max_length=2000,
        help_text=_("What you looked at, whom you spoke to, what was done. No patient's name."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def order(self) -> dict[str, Any]:
        return {"verdict": self.cleaned_data["verdict"], "finding": self.cleaned_data["finding"]}


class RuleForm(OrderForm):
    """Another threshold of a rule, for a second person to approve."""

    threshold = forms.IntegerField(label=_("Threshold"), min_value=1, max_value=100_000)
    minutes = forms.IntegerField(label=_("Within minutes"), min_value=1, max_value=1440)
    enabled = forms.BooleanField(label=_("The rule is on"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    @classmethod
    def of(cls, rule: AlarmRule) -> Self:
        """The form filled with what counts now."""
        words = {"threshold": rule.threshold, "minutes": rule.minutes, "enabled": rule.enabled}
        return cls(initial=words)

    def proposal(self) -> dict[str, Any]:
        """Reason and payload as `services.propose` takes them."""
        payload = {name: self.cleaned_data[name] for name in ("threshold", "minutes", "enabled")}
        return {"reason": self.cleaned_data["reason"], "payload": payload}
