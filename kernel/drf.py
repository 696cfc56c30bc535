"""The workflow API's refusals: DRF's exceptions and ours become one form."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel import http
from kernel.errors import DomainError, Invalid, OutOfReach, Refused, SignInRequired


def answer(exc: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """The answer to `exc`, recorded where it is a refusal; None (a crash, 500) for what is none of ours."""
    error = as_domain(exc)
    if error is None:
        known: HttpResponseBase | None = exception_handler(exc, context)
        return known
    # The request DRF hands over wraps Django's; the actor stands on either.
    http.record_refusal(context["request"], error)
    return http.finished(Response(http.as_json(error), status=error.status), error)


def as_domain(exc: Exception) -> DomainError | None:
    """The DomainError that says the same as `exc`, if there is one."""
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        fields = exc.detail if isinstance(exc.detail, dict) else {"": exc.detail}
        return Invalid(fields={name: _sentence(words) for name, words in fields.items()})
    if isinstance(exc, exceptions.PermissionDenied | PermissionDenied):
        return Refused()
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return SignInRequired()
    return OutOfReach() if isinstance(exc, Http404) else None


def _sentence(words: Any) -> str:
    if isinstance(words, dict):
        return " ".join(f"{name}: {_sentence(word)}" for name, word in words.items())
    return " ".join(_sentence(word) for word in words) if isinstance(words, list) else str(words)
