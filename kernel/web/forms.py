"""Forms of orders: a version seen, a key against double sending, and nothing typed is ever lost.

In an app's views:

    @require_POST
    @keeps_input("referral/accept.html", AcceptForm, context=accept_page)
    def accept(request, referral_id):
        form = AcceptForm.valid(request)
        services.accept(by=request.actor, referral_id=referral_id, version=form.version, key=form.key)
        return redirect("referral:inbox")

A wrong field raises from `valid`; a verb that refuses with Invalid or Conflict raises from the service.
Either way the page comes back with status 422 or 409, everything typed in it and the sentence at its field.
"""

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Self, TypeVar, cast
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, Invalid

KEY_LENGTH: Final = 64
_BOUND: Final = "_bound_form"

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def fresh_key() -> str:
    """A new idempotency key."""
    return uuid4().hex


def form_key() -> forms.CharField:
    """The hidden field of an idempotency key, fresh in each form that is shown."""
    return forms.CharField(
        max_length=KEY_LENGTH, required=False, widget=forms.HiddenInput, initial=fresh_key, empty_value=""
    )


def offer(form: forms.BaseForm, name: str, choices: Iterable[Any]) -> None:
    """Give a choice of the form what it offers, where that is known with the request only."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


HIDDEN: Final = ("version", "key")
NOT_TYPED: Final = frozenset({*HIDDEN, "csrfmiddlewaretoken", "kept_form", "then"})
"""Fields of a form that are none of the order; `then` is the page to come back to."""


STOCK: Final = forms.Field.default_error_messages["required"]
MISSING: Final = _("Please fill this in.")
MISSING_CHOICE: Final = _("Please choose.")
"""What is said where something was left out, instead of Django's word to programmers."""


class OrderForm(forms.Form):
    """A form that orders a verb, with the hidden fields `version` and `key`.

    `initial={"version": row.version}` puts the version seen into the page.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not declared on the class, where `version` and `key` are what the person sent.
        self.fields["version"] = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
        self.fields["key"] = form_key()

    def full_clean(self) -> None:
        for field in self.fields.values():
            if field.error_messages.get("required") == STOCK:
                chosen = isinstance(field, forms.ChoiceField)
                field.error_messages["required"] = MISSING_CHOICE if chosen else MISSING
        super().full_clean()

    @classmethod
    def valid(cls, request: HttpRequest, **kwargs: Any) -> Self:
        """The form filled from `request`, cleaned. Raises InvalidForm (422) with each field's sentence."""
        form = cls(request.POST, request.FILES, **kwargs)
        setattr(request, _BOUND, form)
        if not form.is_valid():
            raise InvalidForm(form)
        return form

    @property
    def version(self) -> int | None:
        """The version the person saw, None when the order does not depend on one."""
        version: int | None = self.cleaned_data["version"]
        return version

    @property
    def key(self) -> str:
        """The idempotency key, "" when the page sent none.

        It covers what was typed: the same form twice is one order, a corrected one (the reader went back) another.
        """
        said = str(self.cleaned_data["key"])
        return _over(said, self.data) if said else ""

    def order(self) -> dict[str, Any]:
        """The cleaned fields without `version` and `key`, to hand on as keyword arguments."""
        return {name: value for name, value in self.cleaned_data.items() if name not in HIDDEN}


def _over(key: str, data: Mapping[str, Any]) -> str:
    """`key` and everything typed as one digest."""
    lists = data.lists() if isinstance(data, MultiValueDict) else ((name, [data[name]]) for name in data)
    typed = sorted((name, [str(one) for one in values]) for name, values in lists if name not in NOT_TYPED)
    return hashlib.sha256(json.dumps([key, typed]).encode()).hexdigest()


def bound(request: HttpRequest) -> OrderForm | None:
    """The form that was filled from this request, for the page that comes back with it."""
    form: OrderForm | None = getattr(request, _BOUND, None)
    return form


def again(request: HttpRequest, fresh: OrderForm) -> OrderForm:
    """The form of this kind that came with the request, as it was filled; `fresh` where another one or none came.

    For a page of several forms: the one that is refused comes back as it was typed, the others as they were.
    """
    sent = bound(request)
    return sent if type(sent) is type(fresh) and sent is not None else fresh


class InvalidForm(Invalid):
    """An HTML form with wrong fields; carries the bound form, so that the page comes back as it was."""

    def __init__(self, form: forms.BaseForm) -> None:
        fields = {name: " ".join(str(word) for word in words) for name, words in form.errors.items()}
        super().__init__(fields=fields)
        self.form = form


def keeps_input(
    template: str,
    form: type[forms.BaseForm] | None = None,
    *,
    context: Callable[..., Mapping[str, Any]] | None = None,
    fragment: str = "",
) -> Callable[[View], View]:
    """Decorate a view: on Invalid or Conflict its page comes back with all that was typed.

    `template` is rendered with `form` (bound, errors at their fields, other words on top), `error` and what
    `context(request, *args, **kwargs)` answers; `fragment` ("page.html#partial") instead for htmx. Where the
    request brought no OrderForm, `form` is bound to it. Status is the error's: 422 or 409.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (Invalid, Conflict) as error:
                sent = bound(request) or _sent(request, error, form)
                if sent is None:
                    raise
                _add(sent, error)
                page = dict(context(request, *args, **kwargs)) if context else {}
                name = fragment if fragment and request.headers.get("HX-Request") else template
                return render(request, name, {**page, "form": sent, "error": error}, status=error.status)

        return kept  # type: ignore[return-value]  # same parameters, same answer

    return decorate


def _sent(
    request: HttpRequest, error: Invalid | Conflict, form: type[forms.BaseForm] | None
) -> forms.BaseForm | None:
    """The form that was refused, with its sentences; else one of this kind filled from the request."""
    if isinstance(error, InvalidForm):
        return error.form
    return form(request.POST, request.FILES) if form else None


def _add(form: forms.BaseForm, error: Invalid | Conflict) -> None:
    """Put the sentences of a verb's refusal where they belong; the form's own are there already."""
    if isinstance(error, InvalidForm):
        return
    form.is_valid()
    for name, words in error.fields.items():
        form.add_error(name if name in form.fields else None, str(words))
    if not error.fields:
        form.add_error(None, str(error.message))
