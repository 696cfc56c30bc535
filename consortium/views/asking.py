"""What a branch asks the managers for: an account, a post. It gives nothing by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from consortium import selectors, services
from consortium.forms.manager import AccountAskForm, PostAskForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


@sensitive_post_parameters("id_number")
@page
@keeps_input("consortium/ask_account.html", AccountAskForm)
def ask_account(request: StaffRequest) -> HttpResponse:
    """Ask for an account; the system manager opens it."""
    selectors.may_ask(by=request.actor)
    if request.method != "POST":
        return render(request, "consortium/ask_account.html", {"form": AccountAskForm()})
    payload, reason = AccountAskForm.valid(request).proposal()
    services.propose(by=request.actor, kind="account.open", subject=None, payload=payload, reason=reason)
    messages.success(request, _("Asked for. You are told when it is decided."))
    return redirect("consortium:changes")


def _place(request: StaffRequest) -> dict[str, Any]:
    return {"place": request.actor.place}


@page
@keeps_input("consortium/ask_post.html")
def ask_post(request: StaffRequest) -> HttpResponse:
    """Ask for a post at the own place; a security manager decides."""
    selectors.may_ask(by=request.actor)
    if request.method != "POST":
        return render(request, "consortium/ask_post.html", {"form": PostAskForm(**_place(request))})
    payload, reason = PostAskForm.valid(request, **_place(request)).proposal()
    services.propose(by=request.actor, kind="post.give", subject=None, payload=payload, reason=reason)
    messages.success(request, _("Asked for. You are told when it is decided."))
    return redirect("consortium:changes")
