"""Systems that call the interfaces: asked for by the system manager, granted by a security manager."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import selectors, services
from consortium.forms.manager import ClientForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
def clients(request: StaffRequest) -> HttpResponse:
    """Systems that call the interfaces."""
    return render(request, "consortium/clients.html", {"clients": selectors.clients(by=request.actor)})


@page
@keeps_input("consortium/client_new.html", ClientForm)
def new_client(request: StaffRequest) -> HttpResponse:
    """Ask that a system may call the interfaces; the security manager decides."""
    selectors.may_ask_for_clients(by=request.actor)
    if request.method != "POST":
        return render(request, "consortium/client_new.html", {"form": ClientForm()})
    payload, reason = ClientForm.valid(request).proposal()
    services.propose(by=request.actor, kind="client.register", subject=None, payload=payload, reason=reason)
    messages.success(request, _("Proposed. It counts once a second person has approved it."))
    return redirect("consortium:clients")


@never_cache
@require_POST
def renew_client(request: StaffRequest, client_pk: UUID) -> HttpResponse:
    """A new secret and signing key, shown once."""
    made = services.renew_client(by=request.actor, client_pk=client_pk)
    return render(request, "consortium/client_made.html", {"made": made})


@require_POST
def revoke_client(request: StaffRequest, client_pk: UUID) -> HttpResponse:
    """Make every token worthless and give no new ones."""
    services.revoke_client(by=request.actor, client_pk=client_pk, close=True)
    messages.success(request, _("Closed. Its tokens are worthless within seconds."))
    return redirect("consortium:clients")
