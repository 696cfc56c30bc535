"""Whether a signed paper holds: for whoever has it in her hand, without an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel import countersign, papers
from kernel.errors import OutOfReach
from kernel.web import limits

A_MINUTE, AN_HOUR = 20, 200


@login_not_required
@require_safe
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """`/verify/<token>`: the code says nothing about the patient; an unknown one is answered like any other."""
    address = request.META.get("REMOTE_ADDR", "")
    limits.hit(f"verify:{address}", A_MINUTE, 60)
    limits.hit(f"verify:{address}", AN_HOUR, 3600)
    try:
        found = papers.verdict(token)
    except OutOfReach:
        return render(request, "portal/paper.html", {"found": None}, status=404)
    by_ca = found.seal.ca_state == "done" and countersign.genuine(found.seal)
    return render(request, "portal/paper.html", {"found": found, "by_ca": by_ca})
