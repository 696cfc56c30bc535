"""From a request to who acts; and what happens when nobody does any more in the middle of something."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import doors, services
from consortium.models import Staff
from consortium.selectors import SignedIn
from kernel import clock
from kernel.alarms import alarm, named
from kernel.errors import OutOfReach, StepUpNeeded
from kernel.web.http import wants_json

SEEN_EVERY: Final = timedelta(seconds=60)
KEPT_FIELD: Final = "kept_form"
PATH_FIELD: Final = "kept_path"
SECRET_FIELDS: Final = frozenset(
    {"csrfmiddlewaretoken", "password", "old", "new", "again", "passkey", KEPT_FIELD}
)
FORM_TYPES: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
DRAFT: Final = "X-Lianyi-Draft"
"""A page saves what is typed: when nobody is signed in it keeps that itself, and nothing waits to be sent."""
LARGEST: Final = 512 * 1024
"""Bytes of a form that are kept; files are not."""

SPOOFED: Final = named("consortium.certificate_spoofed", _("A client certificate was sent past the gateway"))

View = Callable[..., HttpResponseBase]


class ActorMiddleware(AuthenticationMiddleware):
    """Sets `request.actor`, `request.signed_in` and `request.user` from the portal's session: one statement.

    Takes the place of Django's AuthenticationMiddleware. A view of somebody without a post, or with a password
    that must be changed, is answered by the page that mends it; `@without_post` views are open before that.
    """

    def process_request(self, request: HttpRequest) -> None:
        if doors.CERTIFICATE in request.META and not doors.from_gateway(request):
            alarm(SPOOFED, by=doors.stranger(request), level=3, detail={"path": request.path[:200]})
        signed = doors.here(request)
        stands = signed is not None and signed.locked_at is None
        request.signed_in = signed  # type: ignore[attr-defined]  # declared by StaffRequest's users
        request.actor = signed.actor if signed and stands else doors.stranger(request)  # type: ignore[attr-defined]  # declared by StaffRequest
        request.just_entered = bool(signed and stands) and doors.just_entered(request)  # type: ignore[attr-defined]  # declared by StaffRequest
        request.came_at = doors.came_at(request)  # type: ignore[attr-defined]  # declared by StaffRequest
        request.user = _user(signed) if signed and stands else AnonymousUser()
        if signed and stands and _is_work(request) and signed.seen_at + SEEN_EVERY < clock.now():
            services.seen(by=signed.actor)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return _nobody(request)
        return _unready(request, view)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A kept form that was sent again and accepted is wiped; the first page behind a door is shown once."""
        if getattr(request, "just_entered", False) and response.status_code == 200:
            doors.shown(request)
        taken = response.status_code < 400 and request.method == "POST" and _is_form(request)
        form = request.POST.get(KEPT_FIELD) if taken else None  # the body of a refused form may be unread
        if form and request.user.is_authenticated:
            # Somebody else's number, or none at all, is nothing to settle; the order itself has been taken.
            with suppress(OutOfReach, ValueError):
                services.settle_kept(by=request.actor, form_id=UUID(form))  # type: ignore[attr-defined]  # set above
        return response


class StepUpMiddleware:
    """What needs a fresh proof: keep what was typed, ask for both factors, then lead back to it.

    Stands after DomainErrorMiddleware, so that it sees StepUpNeeded first; programs get its 403 from there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if (
            not isinstance(exception, StepUpNeeded)
            or wants_json(request)
            or not request.user.is_authenticated
        ):
            return None
        asked_by_htmx = "HX-Request" in request.headers
        onward = (
            request.get_full_path() if request.method == "GET" and not asked_by_htmx else _page_of(request)
        )
        if request.method == "POST":
            onward = kept(request, "") or onward
        target = doors.step_up_address(onward)
        if asked_by_htmx:
            return HttpResponse(status=403, headers={"HX-Redirect": target, "Cache-Control": "no-store"})
        return HttpResponseRedirect(target)


def without_post(view: View) -> View:
    """Marks a view that is open to somebody who has signed in and is not ready to act yet."""
    view.without_post = True  # type: ignore[attr-defined]  # read by ActorMiddleware
    return view


def _user(signed: SignedIn) -> Staff:
    """The account as Django's parts ask for it, from what was read already; the rest loads when touched."""
    names = ["id", "username", "name", "is_active"]
    return Staff.from_db("default", names, [signed.staff_id, signed.username, signed.name, signed.active])


def _is_work(request: HttpRequest) -> bool:
    """Whether a person caused this request; what a page asks by itself does not keep a session open."""
    return "X-Lianyi-Background" not in request.headers


def _is_form(request: HttpRequest) -> bool:
    return (request.content_type or "") in FORM_TYPES


def _nobody(request: HttpRequest) -> HttpResponseBase | None:
    """Nobody is signed in: keep what was typed, and send the browser (not a panel) to the sign-in page."""
    asked_by_htmx = "HX-Request" in request.headers
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path or request.get_full_path()
    if "HX-Trigger-Name" in request.headers:
        # A field asks for help while somebody types: leaving the page now would lose it; sending it will not.
        return HttpResponse(status=204)
    if request.method == "POST" and DRAFT not in request.headers:
        page = kept(request, page if asked_by_htmx else "") or (
            page if asked_by_htmx else _page_of(request, whole=True)
        )
    onward = doors.sign_in_address(page)
    if asked_by_htmx:
        signed: SignedIn | None = request.signed_in  # type: ignore[attr-defined]  # set above
        # The page's own script lets the curtain fall and stays, where there is one.
        locked = {"X-Lianyi-Locked": "1"} if signed else {}
        return HttpResponse(status=401, headers={"HX-Redirect": onward, **locked})
    return HttpResponseRedirect(onward) if request.method == "POST" else None


def _page_of(request: HttpRequest, *, whole: bool = False) -> str:
    """The page a part or a button of which sent this; the home when the browser does not say.

    `whole`: with what it was asked for, so that the same form stands there again.
    """
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    page = urlsplit(told)
    if not page.path or page.netloc not in ("", request.get_host()):
        return settings.LOGIN_REDIRECT_URL
    return f"{page.path}?{page.query}" if whole and page.query else page.path


def kept(request: HttpRequest, page: str, *, path: str = "") -> str:
    """The address of what was kept; "" when there was nothing to keep or nobody to keep it for."""
    staff_id = doors.last_account(request)
    if staff_id is None or not _is_form(request) or _too_large(request):
        return ""
    # At the doors "code" is a second factor; elsewhere it is a coded reason, and belongs to what was typed.
    secret = (
        SECRET_FIELDS | {PATH_FIELD} | ({"code"} if request.path.startswith(settings.LOGIN_URL) else set())
    )
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in secret}
    if not any(any(values) for values in fields.values()) or _weight(fields) > LARGEST:
        return ""
    form = services.keep_form(
        by=doors.stranger(request),
        staff_id=staff_id,
        path=(path or request.get_full_path())[:500],
        page=page,
        fields=fields,
        files=sorted(request.FILES),
    )
    return reverse("consortium:kept", args=[form.pk])


def _too_large(request: HttpRequest) -> bool:
    """Whether a form is not even read. What came with files is: the words beside a photograph are few."""
    heavy = int(request.headers.get("Content-Length") or 0) > LARGEST
    return heavy and request.content_type != "multipart/form-data"


def _weight(fields: dict[str, list[str]]) -> int:
    return sum(len(value) for values in fields.values() for value in values)


def _unready(request: HttpRequest, view: View) -> HttpResponseBase | None:
    """Somebody without a post, or with a one-time password, can do nothing else first."""
    signed: SignedIn = request.signed_in  # type: ignore[attr-defined]  # set above
    if getattr(view, "without_post", False):
        return None
    if signed.must_change_password:
        target = reverse("consortium:password")
    elif not signed.actor.post:
        target = reverse("consortium:posts")
    else:
        return None
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(target)
    if urlsplit(request.headers.get("HX-Current-URL", "")).path == target:
        return HttpResponse(status=204)  # a part of that very page asks: nothing to show, nowhere to go
    return HttpResponse(status=401, headers={"HX-Redirect": target})
