"""How many bytes a view takes: more is refused by the announced length, before anything reads the body.

Without this the form token is looked for first, and that reads and stores an upload of any size. A request that
announces no length has no body for Django.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from kernel.errors import Text, TooLarge
from kernel.web.http import error_response

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_MARK: Final = "takes"


@dataclass(frozen=True, slots=True)
class _Takes:
    most: int | None
    words: Text


def takes(most: int | None, words: Text = "") -> Callable[[View], View]:
    """Mark a view that takes `most` bytes and says `words` beyond; None where the view itself counts."""

    def mark(view: View) -> View:
        setattr(view, _MARK, _Takes(most, words))
        return view

    return mark


class LengthMiddleware:
    """Refuses (413) what is longer than its view takes: DATA_UPLOAD_MAX_MEMORY_SIZE unless it says otherwise.

    Stands before everything that reads a body, above all before CsrfViewMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length.isdigit():
            return None
        said: _Takes = getattr(view, _MARK, None) or _Takes(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, "")
        if said.most is None or int(length) <= said.most:
            return None
        return error_response(request, TooLarge(said.words or None, detail={"limit": said.most}))
