"""A token for the own program."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consortium.services.machines import lending
from kernel.web.http import StaffRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token(request: StaffRequest) -> HttpResponse:
    """`/me/token/`: what it is for; the token itself is shown once, on the page that was asked for it."""
    lent = lending.lend_token(by=request.actor) if request.method == "POST" else None
    return render(request, "consortium/lent.html", {"lent": lent})
