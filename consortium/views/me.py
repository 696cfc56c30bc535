"""The own account and the own notices."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import doors, selectors, services
from consortium.forms.account import PasswordForm
from consortium.middleware import without_post
from consortium.selectors import SignedIn
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


@without_post
@require_GET
def me(request: StaffRequest) -> HttpResponse:
    """Who I am here: posts, licence, password, second factor."""
    staff_id = UUID(str(request.user.pk))
    context = {
        "person": selectors.staff(staff_id),
        "posts": selectors.posts_of(staff_id),
        "codes_left": selectors.recovery_codes_left(staff_id),
        "passkeys": selectors.passkeys(by=request.actor),
        "certificates": selectors.certificates_of(by=request.actor, staff_id=staff_id),
        "password_until": selectors.password_until(staff_id),
    }
    return render(request, "consortium/me.html", context)


def _first(request: StaffRequest) -> dict[str, bool]:
    """Whether a one-time password was typed a moment ago, and whether the old one has run its ninety days."""
    signed: SignedIn = request.signed_in  # type: ignore[attr-defined]  # set by the middleware
    return {"first": signed.one_time_password, "due": signed.old_password}


@never_cache
@sensitive_post_parameters()
@without_post
@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input("consortium/password.html", PasswordForm, context=_first)
def password(request: StaffRequest) -> HttpResponse:
    """A new password; forced after a one-time password."""
    first = _first(request)["first"]
    if request.method != "POST":
        context = {"form": PasswordForm(first=first), **_first(request)}
        return render(request, "consortium/password.html", context)
    services.change_password(by=request.actor, **PasswordForm.valid(request, first=first).words())
    messages.success(request, _("Your password is changed. All your other sessions have ended."))
    return redirect(doors.take_next(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: StaffRequest) -> HttpResponse:
    """Ten new recovery codes, shown once."""
    if request.method != "POST":
        left = selectors.recovery_codes_left(request.actor.person)
        return render(request, "consortium/recovery.html", {"left": left})
    codes = services.renew_recovery_codes(by=request.actor)
    context = {"codes": codes, "onward": "/me/", "username": request.user.get_username()}
    return render(request, "consortium/recovery_codes.html", context)


@require_GET
def sessions(request: StaffRequest) -> HttpResponse:
    """Where I am signed in."""
    return render(request, "consortium/sessions.html", {"sessions": selectors.sessions_of(by=request.actor)})


@require_POST
def end_session(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """End one of my sessions."""
    services.end_session(by=request.actor, session_id=session_id)
    return redirect("consortium:sessions")


@require_POST
def end_other_sessions(request: StaffRequest) -> HttpResponse:
    """End all my sessions but this one."""
    services.end_other_sessions(by=request.actor)
    return redirect("consortium:sessions")


@require_GET
def notices(request: StaffRequest) -> HttpResponse:
    """What the house told me, newest first."""
    before = request.GET.get("before") or None
    found = selectors.notices(by=request.actor, before=UUID(before) if before else None)
    return render(
        request, "consortium/notices.html", {"notices": found, "more": len(found) == selectors.NOTICES}
    )


@require_POST
def read_notice(request: StaffRequest, notice_id: UUID) -> HttpResponse:
    """Open what a notice speaks of; it counts as read."""
    return redirect(services.read_notice(by=request.actor, notice_id=notice_id) or "consortium:notices")


@require_POST
def read_all(request: StaffRequest) -> HttpResponse:
    """All read, but the critical ones."""
    services.read_all(by=request.actor)
    return redirect("consortium:notices")
