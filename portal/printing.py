"""Addresses of papers that stay the same wherever the page of a paper stands: `/print/<kind>/<id>/`."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

KINDS: Final = {
    "referral": ("referral:paper", "referral_id"),
    "plan": ("referral:paper_plan", "referral_id"),
    "history": ("referral:history", "referral_id"),
    "report": ("diagnostics:report", "report_id"),
}
"""Kind of paper: the page it stands on, and what its id is called there."""


@require_safe
def paper(request: HttpRequest, page: str, **row: Any) -> HttpResponse:
    """On to the page, which decides who sees it: the address alone says nothing about whether it exists."""
    return HttpResponseRedirect(reverse(page, kwargs=row))
