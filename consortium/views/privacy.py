"""What the house holds about persons, for the security manager (8.1.4.11)."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consortium import holdings
from consortium.selectors.managers import privacy
from kernel.web.http import StaffRequest


@require_safe
def register(request: StaffRequest) -> HttpResponse:
    """The register of personal information, one part of the house at a time."""
    tables = privacy.register(by=request.actor)
    numbers = Counter(one.room for one in tables)
    asked = request.GET.get("of", "")
    room = asked if asked in numbers else "emr"
    filters = [
        {"url": f"?of={one}", "label": holdings.ROOMS[one], "number": number, "current": one == room}
        for one, number in numbers.items()
    ]
    shown = [one for one in tables if one.room == room]
    return render(request, "consortium/privacy.html", {"tables": shown, "filters": filters})
