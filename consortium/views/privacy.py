"""What the house holds about persons, for the security manager (8.1.4.11)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consortium.selectors.managers import privacy
from kernel.http import StaffRequest


@require_safe
def register(request: StaffRequest) -> HttpResponse:
    """The register of personal information."""
    return render(request, "consortium/privacy.html", {"tables": privacy.register(by=request.actor)})
