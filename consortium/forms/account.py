"""What people type about themselves and at the managers' consoles; what they type at the doors: `entrances`."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.choices import Licence, Title, UnlockReason
from kernel.web.forms import OrderForm


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


class PasskeyForm(OrderForm):
    """A new passkey: its name, and what the browser made."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=40,
        help_text=_("For example: my phone, USB key in the desk"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    said = forms.CharField(max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        # The script sends the browser's answer as `passkey` at every door.
        if data is not None:
            data = data.copy()
            data["said"] = data.get("passkey", "")
        super().__init__(data, files, **kwargs)


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


class UnlockForm(OrderForm):
    """Why a lock is taken off."""

    reason = forms.ChoiceField(label=_("Why"), choices=UnlockReason.choices)


class SourceForm(UnlockForm):
    """An address whose failures are forgotten."""

    address = forms.GenericIPAddressField(
        label=pgettext_lazy("network", "Address"),
        widget=forms.TextInput(attrs={"class": "ly-mono", "autocomplete": "off"}),
    )

    field_order = ("address", "reason")


class CertificateForm(OrderForm):
    """A USB key's certificate for one account; a security manager decides."""

    certificate = forms.CharField(
        label=_("Certificate (PEM)"),
        max_length=8_000,
        help_text=_("As the key's software exports it; the private key never leaves the key."),
        widget=forms.Textarea(attrs={"rows": 6, "class": "ly-mono", "spellcheck": "false"}),
    )
    reason = forms.CharField(label=_("Why"), max_length=300)
