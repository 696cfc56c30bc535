"""The consoles of the system manager (running and accounts) and of the audit manager."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import selectors, services
from consortium.choices import UnlockReason
from consortium.forms.account import AccountForm, FindForm, UnlockForm
from consortium.forms.delivery import RetryForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def ops(request: StaffRequest) -> HttpResponse:
    """How the platform is doing, and the accounts."""
    form = FindForm(request.POST or None)
    show = request.GET.get("show", "")
    found, more = selectors.accounts(by=request.actor, show=show, **form.wanted)
    waiting, _more = selectors.changes(by=request.actor)
    context = {"form": form, "accounts": found, "more": more, "show": show, "waiting": waiting, **form.wanted}
    parts = selectors.components(by=request.actor)
    context |= {"components": parts, "counts": selectors.work(by=request.actor).counts}
    return render(request, "consortium/ops.html", context)


@page
def deliveries(request: StaffRequest) -> HttpResponse:
    """Messages between rooms that failed; one or all of them are tried again."""
    if request.method == "POST":
        chosen = RetryForm.valid(request).cleaned_data["delivery"]
        number = services.try_again(by=request.actor, delivery_id=chosen)
        said = ngettext("%(n)d message is tried again now.", "%(n)d messages are tried again now.", number)
        messages.info(request, said % {"n": number})
        return redirect("consortium:deliveries")
    shown, number = selectors.failing(by=request.actor)
    return render(request, "consortium/deliveries.html", {"failing": shown, "number": number})


@never_cache
@sensitive_post_parameters("id_number")
@page
@keeps_input("consortium/account_new.html", AccountForm)
def new_account(request: StaffRequest) -> HttpResponse:
    """Open an account; its one-time password is shown once."""
    selectors.may_open_accounts(by=request.actor)
    if request.method != "POST":
        return render(request, "consortium/account_new.html", {"form": AccountForm()})
    made = services.create_staff(by=request.actor, **AccountForm.valid(request).order())
    return render(request, "consortium/account_made.html", {"person": made.staff, "password": made.password})


@require_GET
def account(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """One account and what may be done with it."""
    found = selectors.account(by=request.actor, staff_id=staff_id)
    context = {"account": found, "unlock_reasons": UnlockReason.choices}
    return render(request, "consortium/account.html", context)


@never_cache
@require_POST
def reset_password(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """A new one-time password, shown once."""
    made = services.reset_password(by=request.actor, staff_id=staff_id)
    return render(request, "consortium/account_made.html", {"person": made.staff, "password": made.password})


ACCOUNT_VERBS = {
    "close": services.close_account,
    "reopen": services.reopen_account,
}


@require_POST
def unlock(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Take the lock off an account, with a reason."""
    order = UnlockForm.valid(request).order()
    services.unlock(by=request.actor, staff_id=staff_id, **order)
    messages.success(request, _("Done. It is recorded in the audit chain."))
    return redirect("consortium:account", staff_id)


@require_POST
def change_account(request: StaffRequest, staff_id: UUID, verb: str) -> HttpResponse:
    """Close or reopen an account."""
    ACCOUNT_VERBS[verb](by=request.actor, staff_id=staff_id)
    messages.success(request, _("Done. It is recorded in the audit chain."))
    return redirect("consortium:account", staff_id)
