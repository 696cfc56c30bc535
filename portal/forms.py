"""What the portal's own small forms may say."""

from django import forms

from portal.context import THEMES


class ThemeForm(forms.Form):
    """Light or dark, and the page to come back to."""

    theme = forms.ChoiceField(choices=[(one, one) for one in sorted(THEMES)])
    next = forms.CharField(max_length=500, required=False)


class SearchForm(forms.Form):
    """What is typed or read from a card into the one field."""

    q = forms.CharField(max_length=60, required=False, strip=True)
