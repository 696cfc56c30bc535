"""Passkeys: at the doors, and kept by their owner."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from consortium import ceremonies, doors, selectors, services
from consortium.forms.account import PasskeyForm
from consortium.views.sign_in import entered
from kernel.web.http import StaffRequest

JSON = "application/json"


@login_not_required
@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Without an answer: what the browser is to sign. With one: sign in, reopen the page, or prove once more."""
    said = request.POST.get("passkey", "")
    if not said:
        return HttpResponse(ceremonies.ask(request), content_type=JSON)
    stood = doors.here(request)
    answer = ceremonies.hear(request, said)
    if answer.accepted and answer.session and stood is None:
        return entered(request, answer.session)
    return _on(request, answer.accepted, standing=stood is not None and stood.locked_at is None)


def _on(request: HttpRequest, accepted: bool, *, standing: bool) -> HttpResponse:
    """From a locked page back to it, from a step-up to what needed it; refused, to the door again."""
    onward = doors.onward_of(request) if standing else ""
    if accepted:
        return redirect(onward or doors.take_next(request))
    messages.error(request, _("The passkey was not accepted. Try again, or use password and code."))
    return redirect(doors.step_up_address(onward) if standing else "consortium:sign_in")


@never_cache
@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """My passkeys: add one, remove one."""
    kept = selectors.passkeys(by=request.actor)
    return render(request, "consortium/passkeys.html", {"passkeys": kept, "form": PasskeyForm()})


@never_cache
@require_POST
def add(request: StaffRequest) -> HttpResponse:
    """Without an answer: what the browser is to make. With one: keep it under the name typed."""
    if not request.POST.get("passkey"):
        return HttpResponse(ceremonies.ask_new(request), content_type=JSON)
    order = PasskeyForm.valid(request).order()
    services.register_passkey(by=request.actor, site=ceremonies.begun(request), **order)
    messages.success(request, _("The passkey is registered. Next time it signs you in by itself."))
    return redirect("consortium:passkeys")


@require_POST
def remove(request: StaffRequest, passkey_id: UUID) -> HttpResponse:
    """Remove one of my passkeys."""
    services.remove_passkey(by=request.actor, passkey_id=passkey_id)
    messages.success(request, _("The passkey is removed."))
    return redirect("consortium:passkeys")
