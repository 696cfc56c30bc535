"""The workflow API's doors: what comes in is exactly what the schema names, what goes out has one form.

In an app's api.py:

    class Claim(Api):
        @extend_schema(request=VersionIn, responses=ExamOut)
        def post(self, request: ApiRequest, request_id: UUID) -> Response:
            said = VersionIn.of(request)
            return once(request, said, lambda: services.claim(by=request.actor, …), show)

Who acts comes from a bearer token alone: a door of a program has no cookie, so nothing to forge. Every order names
a `key`; the same order sent again is answered again and done once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NoReturn, TypeVar, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import Http404, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from kernel import audit, idempotency
from kernel.actor import Actor
from kernel.errors import Conflict, DomainError, Invalid, OutOfReach, Refused, SignInRequired, TooLarge
from kernel.web import http, shown
from kernel.web.forms import KEY_LENGTH

LARGEST_BODY: Final = 1024 * 1024
"""Bytes of a JSON order; a file has a door of its own."""
LARGEST_NUMBER: Final = 2**31 - 1
WIDEST: Final = 200
"""Characters of a line of text where nothing else is said."""

T = TypeVar("T")


# -- doors ------------------------------------------------------------------------------------------------------


class ApiRequest(Request):
    """A request past the door: who acts is known."""

    actor: Actor


class AlwaysJson(BaseContentNegotiation):
    """The answer is JSON whatever the caller says it accepts: a refusal reads the same for every program."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        first = next(iter(renderers))
        return first, first.media_type


class StrictJson(BaseParser):
    """JSON as RFC 8259 has it and nothing beside: UTF-8, each name once, no NaN, no endless depth or number."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLarge(_("This order is too long."), detail={"limit": LARGEST_BODY})
        try:
            return _decoder.decode(body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(_("This is not JSON."), code="not_json") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


class Api(APIView):
    """A door of the workflow API: bearer token, JSON, the caller's language, never stored on the way."""

    content_negotiation_class = AlwaysJson
    parser_classes = [StrictJson]
    metadata_class = None
    http_method_names = ["get", "head", "post", "put"]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The language is the caller's for this one request, whoever used the thread before."""
        with translation.override(translation.get_language_from_request(request)):
            before = audit.written()
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code == 200 and audit.written() == before:
                by = cast(ApiRequest, self.request).actor
                shown.note(by=by, page=request.resolver_match.view_name, words=kwargs)
            response.setdefault("Cache-Control", "no-store")
            return response.render() if hasattr(response, "render") else response


# -- what comes in ----------------------------------------------------------------------------------------------


class In(serializers.Serializer[Any]):
    """What a caller sends: the named fields in JSON's own types. Any other field is refused, never dropped."""

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """The cleaned fields. Raises Invalid (422) with a sentence for each wrong one."""
        said = cls(data=request.data)
        said.is_valid(raise_exception=True)
        return dict(said.validated_data)

    @classmethod
    def asked(cls, request: Request) -> dict[str, Any]:
        """The same for the words of a query string, each of them once."""
        query = request.query_params
        twice = [name for name in query if len(query.getlist(name)) > 1]
        if twice:
            raise Invalid(fields=dict.fromkeys(twice, _("Say this once.")))
        said = cls(data=query.dict(), context={"typed": False})
        said.is_valid(raise_exception=True)
        return dict(said.validated_data)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            typed = self.context.get("typed", True)
            wrong = {name: [_("There is no such field.")] for name in data if name not in self.fields}
            if typed:
                wrong |= {name: [_("This is another type.")] for name in data if not self._fits(name, data)}
            if wrong:
                raise exceptions.ValidationError(wrong)
        return super().to_internal_value(data)

    def _fits(self, name: str, data: Mapping[str, Any]) -> bool:
        """Whether JSON's type is the field's: "5" is no number and 5 is no text."""
        field, value = self.fields.get(name), data[name]
        if field is None or value is None:
            return True
        wanted = next((types for kinds, types in JSON_TYPES if isinstance(field, kinds)), (str,))
        if isinstance(value, bool):
            return bool in wanted
        return isinstance(value, wanted) or (
            int in wanted and isinstance(value, float) and value.is_integer()
        )


JSON_TYPES: Final[Sequence[tuple[Any, tuple[type, ...]]]] = (
    (serializers.BooleanField, (bool,)),
    (serializers.IntegerField, (int,)),
    ((serializers.ListField, serializers.ListSerializer), (list,)),
    ((serializers.BaseSerializer, serializers.DictField), (dict,)),
    (serializers.FileField, (object,)),
)


class KeyIn(In):
    """An order that makes something new."""

    key = serializers.CharField(
        max_length=KEY_LENGTH,
        help_text="Chosen by the caller, one for each order: the same order sent again is done once.",
    )


class VersionIn(KeyIn):
    """An order about something that is there."""

    version = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="The version the caller saw; 409 when it has moved on.",
    )


class ReasonIn(VersionIn):
    """An order that wants a reason in words."""

    reason = serializers.CharField(max_length=WIDEST)


class PageIn(In):
    """Which part of a list, newest first."""

    after = serializers.UUIDField(required=False, help_text="`next` of the page before.")


@cache
def page_of(item: type[serializers.BaseSerializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The answer of a list: items and the cursor of the next part, "" at the end."""
    name = item.__name__.removesuffix("Out")
    fields = {
        "__doc__": "One part of a list.",
        "items": item(many=True),
        "next": serializers.CharField(
            allow_blank=True, help_text="`after` of the next part; empty at the end."
        ),
    }
    return type(f"PageOf{name}Out", (serializers.Serializer,), fields)


# -- orders -----------------------------------------------------------------------------------------------------


def once(
    request: Request,
    said: Mapping[str, Any],
    act: Callable[[], T],
    again: Callable[[], T] | None = None,
) -> T:
    """Carry out an order, once for its key. The same order again is answered by `again`, or by `act` where the
    service knows the key itself. Raises Conflict (409, "key_reused") for a key that named another order."""
    with transaction.atomic():
        digest = _digest(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the authentication class
        earlier = idempotency.first(by=actor, verb="api", key=said["key"], subject=digest)
        if earlier is not None and earlier != digest:
            raise Conflict(_("This key was used for another order."), code="key_reused")
        return again() if again is not None and earlier is not None else act()


def _digest(request: Request) -> UUID:
    """Method, address and body of an order as one id."""
    order = [request.method, request.path, request.data]
    written = json.dumps(order, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
    return UUID(bytes=hashlib.sha256(written).digest()[:16])


# -- refusals ---------------------------------------------------------------------------------------------------


def answer(exc: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """The answer to `exc`, recorded where it is a refusal; None (a crash, 500) for what is none of ours."""
    error = as_domain(exc)
    if error is not None:
        # The request DRF hands over wraps Django's; the actor stands on either.
        http.record_refusal(context["request"], error)
        return http.finished(Response(http.as_json(error), status=error.status), error)
    known = exception_handler(exc, context)
    if known is not None and isinstance(exc, exceptions.APIException):
        known.data = {"detail": str(exc.detail), "code": str(exc.get_codes()), "fields": {}}
    return known


def as_domain(exc: Exception) -> DomainError | None:
    """The DomainError that says the same as `exc`, if there is one."""
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, OperationalError):
        return http.crossed(exc)
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
