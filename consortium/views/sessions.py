"""What the managers do about ways in: sessions, locks, certificates."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consortium import selectors, services
from consortium.forms.account import CertificateForm, FindForm, SourceForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def sessions(request: StaffRequest) -> HttpResponse:
    """Who is signed in where, for the security manager."""
    form = FindForm(request.POST or None)
    found, more = selectors.everybodys_sessions(by=request.actor, **form.wanted)
    context = {"form": form, "sessions": found, "more": more, **form.wanted}
    return render(request, "consortium/all_sessions.html", context)


@require_POST
def end(request: StaffRequest, session_id: UUID) -> HttpResponse:
    """End somebody's session."""
    services.end_any_session(by=request.actor, session_id=session_id)
    messages.success(request, _("The session has ended. Its next request is refused."))
    return redirect("consortium:all_sessions")


@page
@keeps_input("consortium/locks.html", SourceForm)
def locks(request: StaffRequest) -> HttpResponse:
    """Forget the failures of an address; accounts are unlocked on their own page."""
    selectors.may_open_accounts(by=request.actor)
    if request.method != "POST":
        return render(request, "consortium/locks.html", {"form": SourceForm()})
    services.unlock_source(by=request.actor, **SourceForm.valid(request).order())
    messages.success(request, _("The address is free again. It is recorded in the audit chain."))
    return redirect("consortium:locks")


def _person(request: StaffRequest, staff_id: UUID) -> dict[str, Any]:
    return {
        "account": selectors.account(by=request.actor, staff_id=staff_id),
        "certificates": selectors.certificates_of(by=request.actor, staff_id=staff_id),
    }


@page
@keeps_input("consortium/certificate.html", CertificateForm, context=_person)
def certificate(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Certificates of one account: ask for a further one, which a security manager decides."""
    if request.method != "POST":
        context = {"form": CertificateForm(), **_person(request, staff_id)}
        return render(request, "consortium/certificate.html", context)
    order = CertificateForm.valid(request).order()
    services.ask_for_certificate(by=request.actor, staff_id=staff_id, **order)
    messages.success(request, _("Proposed. It counts once a security manager has approved it."))
    return redirect("consortium:certificate", staff_id)


@require_POST
def revoke(request: StaffRequest, certificate_id: UUID) -> HttpResponse:
    """A key is lost: its certificate opens nothing from now on."""
    bound = services.revoke_certificate(by=request.actor, certificate_id=certificate_id)
    messages.success(request, _("The certificate opens nothing any more."))
    return redirect("consortium:certificate", bound.staff_id)
