"""The doors: sign-in, second factor, enrolment, post, lock, sign-out, and what was typed before."""

from urllib.parse import quote, urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import doors, middleware, parking, selectors, services
from consortium.entrances import CodeForm, DoorForm, ReopenForm, SignInForm, StepUpForm
from consortium.middleware import PATH_FIELD, without_post
from consortium.models import StaffSession
from consortium.selectors import SignedIn
from consortium.services import Answer
from kernel.errors import SignInRequired
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])
KEPT_AT = "/kept/"
"""Where what was typed waits behind the door."""


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Account and password; on a locked page the password alone."""
    doors.remember_next(request)
    if signed := doors.here(request):
        return _reopen(request, signed) if signed.locked_at else redirect(doors.take_next(request))
    form = SignInForm(request.POST or None)
    answer = form.ask(doors.stranger(request), doors.seat_of(request))
    if answer and answer.accepted:
        return _first_passed(request, answer)
    return _page(request, "consortium/sign_in.html", form, _who_was_here(request))


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@page
def second(request: HttpRequest) -> HttpResponse:
    """The authenticator's code, a recovery code, or a passkey."""
    staff_id = doors.half_done(request)
    if staff_id is None or not selectors.has_factor(staff_id):
        return redirect("consortium:enrol" if staff_id else "consortium:sign_in")
    form = CodeForm(request.POST or None)
    answer = form.ask(doors.stranger(request), staff_id, doors.seat_of(request))
    if answer and answer.session:
        return entered(request, answer.session)
    return _page(request, "consortium/second.html", form, _account(staff_id))


@never_cache
@sensitive_post_parameters("password", "code")
@without_post
@page
def again(request: StaffRequest) -> HttpResponse:
    """Both factors once more, before something heavy; then back to it."""
    seat, onward = doors.seat_of(request), doors.onward_of(request)
    has_certificate = selectors.has_certificate(request.actor.person, seat.certificate)
    form = StepUpForm(request.POST or None, certificate=has_certificate)
    answer = form.ask(request.actor, seat)
    if answer and answer.accepted:
        return redirect(onward)
    context = {"onward": onward, "certificate": has_certificate, **_account(request.actor.person)}
    return _page(request, "consortium/again.html", form, context)


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@page
def enrol(request: HttpRequest) -> HttpResponse:
    """First sign-in: bind an authenticator by its QR code; then the recovery codes, once."""
    staff_id = doors.half_done(request)
    if staff_id is None or selectors.has_factor(staff_id):
        return redirect("consortium:second" if staff_id else "consortium:sign_in")
    secret = doors.enrolment_secret(request, staff_id, selectors.new_secret())
    form = CodeForm(request.POST or None)
    if codes := form.enrol(doors.stranger(request), staff_id, secret):
        return _enrolled(request, staff_id, codes)
    return _page(request, "consortium/enrol.html", form, _account(staff_id) | _offer(staff_id, secret))


@never_cache
@without_post
@page
def posts(request: StaffRequest) -> HttpResponse:
    """Which of the own posts to act in."""
    if request.method == "POST":
        session = services.choose_post(by=request.actor, post_id=_uuid(request.POST.get("post")))
        doors.new_key(request, session.pk)
        return redirect(doors.take_next(request))
    mine = selectors.posts_of(UUID(str(request.user.pk)))
    return render(request, "consortium/posts.html", {"posts": mine})


@login_not_required
@require_POST
def lock(request: StaffRequest) -> HttpResponse:
    """Lock the page until the password is typed; whoever is nobody already just sees the sign-in page."""
    if request.user.is_authenticated:
        services.lock(by=request.actor)
    return redirect(doors.sign_in_address(request.POST.get("next") or "/"))


@login_not_required
@require_POST
def switch(request: StaffRequest) -> HttpResponse:
    """Somebody else sits down: lock this session, keep its place, and show who may come back."""
    signed = doors.here(request)
    if signed and signed.locked_at is None:
        services.lock(by=signed.actor)
        doors.make_room(request, signed, doors.onward_of(request))
    elif signed:
        doors.make_room(request, signed, doors.next_of(request))
    return redirect("consortium:sign_in")


@login_not_required
@require_POST
def come_back(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Somebody who waited at this browser sits down again: her locked page."""
    if doors.here(request) is None:
        doors.come_back(request, staff_id)
    return redirect("consortium:sign_in")


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, locked or not."""
    if signed := doors.here(request):
        services.sign_out(by=signed.actor)
    doors.leave(request)
    return redirect("consortium:sign_in")


@require_POST
@without_post
def here(request: StaffRequest) -> HttpResponse:
    """Somebody is at the keyboard, says her page: 204 while she is signed in and the page is not locked."""
    return HttpResponse(status=204)


@login_not_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what stands typed on a page that its person leaves to somebody else; answers where it is found again."""
    path = doors.local(request.POST.get(PATH_FIELD, ""))
    address = middleware.kept(request, "", path=path) if path else ""
    if not address:
        raise SignInRequired
    return HttpResponse(address, content_type="text/plain")


@never_cache
@without_post
@require_GET
def kept(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """What was typed when the session was over, to be sent again."""
    form = services.open_kept(by=request.actor, form_id=form_id)
    return render(request, "consortium/kept.html", {"kept": form})


@without_post
@require_POST
def drop_kept(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """Do not send it again."""
    services.settle_kept(by=request.actor, form_id=form_id)
    return redirect(settings.LOGIN_REDIRECT_URL)


@login_not_required
@never_cache
@require_GET
def demo_codes(request: HttpRequest) -> HttpResponse:
    """The present one-time codes of everybody; in a demo only, elsewhere there is just the sign-in."""
    if not settings.DEMO:
        return redirect("consortium:sign_in")
    waiting = doors.half_done(request)
    codes = selectors.demo_codes(role=request.GET.get("role", ""))
    of_each = {one.role: one for one in reversed(codes)}
    first = codes if "role" in request.GET else [one for one in codes if of_each[one.role] is one]
    context = {
        "first": first,
        "others": [one for one in codes if one not in first],
        "own": selectors.demo_codes(staff_id=waiting) if waiting else [],
        "roles": selectors.role_links(request.GET.get("role", "")),
    }
    return render(request, "consortium/demo_codes.html", context)


@login_not_required
@never_cache
@require_GET
def demo_texts(request: HttpRequest) -> HttpResponse:
    """What patients' telephones would show; in a demo only, elsewhere there is just the sign-in."""
    if not settings.DEMO:
        return redirect("consortium:sign_in")
    return render(request, "consortium/demo_texts.html", {"texts": selectors.demo_texts()})


def _reopen(request: HttpRequest, signed: SignedIn) -> HttpResponse:
    form = ReopenForm(request.POST or None)
    answer = form.ask(doors.stranger(request), signed.session_id)
    if answer and answer.accepted:
        return redirect(doors.take_next(request))
    return _page(request, "consortium/locked.html", form, {"locked": signed})


def _page(
    request: HttpRequest, template: str, form: DoorForm, more: dict[str, object] | None = None
) -> HttpResponse:
    """A door with what stands beside every door, and the status its form earned."""
    beside = {"demo": settings.DEMO, "help_desk": selectors.help_desk()}
    return render(request, template, {"form": form, **beside, **(more or {})}, status=form.status)


def entered(request: HttpRequest, session: StaffSession) -> HttpResponse:
    """The first page after a sign-in; the device is remembered, a password that grows old is spoken of."""
    doors.enter(request, session)
    if days := selectors.password_days_left(session.staff_id):
        messages.warning(request, _password_words(days))
    response = redirect(doors.take_next(request) if session.post_id else "consortium:posts")
    doors.mark(request, response)
    return response


def _password_words(days: int) -> str:
    return ngettext(
        "Your password is good for %(days)d more day: change it under your name, Settings.",
        "Your password is good for %(days)d more days: change it under your name, Settings.",
        days,
    ) % {"days": days}


def _first_passed(request: HttpRequest, answer: Answer) -> HttpResponse:
    """On to the second factor, or in where it is there already."""
    if answer.session:
        return entered(request, answer.session)
    doors.begin(request, answer)
    return redirect("consortium:second")


def _who_was_here(request: HttpRequest) -> dict[str, object]:
    """Why the last session here ended without its owner's doing, what of it is kept, and who waits locked here."""
    kept = doors.next_of(request).startswith(KEPT_AT)
    return {"over": doors.over_because(request), "kept": kept, "parked": parking.parked(request)}


def _enrolled(request: HttpRequest, staff_id: UUID, codes: list[str]) -> HttpResponse:
    session = services.open_session(
        by=doors.stranger(request), staff_id=staff_id, seat=doors.seat_of(request)
    )
    doors.enter(request, session)
    context = {"codes": codes, "onward": doors.next_of(request), **_account(staff_id)}
    response = render(request, "consortium/recovery_codes.html", context)
    doors.mark(request, response)
    return response


def _account(staff_id: UUID) -> dict[str, object]:
    return {"username": selectors.staff(staff_id).username, "last": selectors.last_sign_in(staff_id)}


def _offer(staff_id: UUID, secret: str) -> dict[str, object]:
    """The secret as QR code, as text in groups of four, and as an address an app on this very phone opens."""
    label = quote(f"Lianyi:{selectors.staff(staff_id).username}")
    uri = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'Lianyi'})}"
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return {"qr": _qr(uri), "secret": groups, "uri": uri}


def _qr(text: str) -> SafeString:
    """A QR code as inline SVG with attributes alone: the content security policy takes no style."""
    drawn = segno.make(text, error="m").svg_inline(scale=4, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308  # drawn by segno from our own text


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)
