"""Lists of legs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from kernel.web.http import StaffRequest
from referral import selectors
from referral.selectors.lists.board import PAGE, TABS
from referral.selectors.lists.board import counts as board_counts
from referral.views.leg import pane_context

TAB_WORDS = {
    "mine": _("At my side"),
    "running": pgettext_lazy("referral", "On the way"),
    "drafts": _("Drafts"),
    "ended": _("Ended"),
}

NOTHING = {
    "mine": pgettext_lazy("referral board", "Everything that waited for your side is done."),
    "running": pgettext_lazy("referral board", "Nobody is on the way now."),
    "drafts": pgettext_lazy(
        "referral board", "No draft lies here. A referral begins in the patient's record."
    ),
    "ended": pgettext_lazy("referral board", "No referral has ended yet."),
}


def _pane(request: StaffRequest, rows: list[selectors.Row]) -> dict[str, Any]:
    """The chosen leg beside the list: the one named in the address, else the first."""
    wanted = request.GET.get("row", "")
    chosen = next((row for row in rows if str(row.referral.pk) == wanted), rows[0] if rows else None)
    return pane_context(selectors.glance(by=request.actor, row=chosen)) if chosen else {}


def listed(request: StaffRequest, find: Callable[..., list[selectors.Row]], **which: str) -> dict[str, Any]:
    """One page of a list (`?page=`, from 1) with the chosen leg, and whether another page follows."""
    page = page_asked(request)
    start = (page - 1) * PAGE
    found = find(by=request.actor, start=start, limit=PAGE + 1, **which)
    rows = found[:PAGE]
    pages = {"page_number": page, "further": len(found) > PAGE, "first": start + 1, "last": start + len(rows)}
    return {"rows": rows, "kept": _kept(request), **pages, **_pane(request, rows)}


def page_asked(request: StaffRequest) -> int:
    """`?page=`, from 1; an unreadable one is the first."""
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 5 else 1


def _kept(request: StaffRequest) -> str:
    """The list's own query before the chosen row: tab and page stay in each row's address."""
    asked = request.GET.copy()
    asked.pop("row", None)
    return f"{asked.urlencode()}&" if asked else ""


@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Legs by tab, urgent first, with the chosen one beside."""
    tab = request.GET.get("tab", "mine")
    tab = tab if tab in TABS else "mine"
    numbers = board_counts(by=request.actor, of=TABS)
    tabs = [
        {"url": f"?tab={key}", "label": TAB_WORDS[key], "current": key == tab, "number": numbers[key]}
        for key in TABS
    ]
    context = listed(request, selectors.board, tab=tab)
    context |= {"tabs": tabs, "tab": tab, "title": _("Referrals"), "nothing": NOTHING[tab]}
    return render(request, "referral/board.html", context)


@require_safe
def patient_panel(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Fragment for the chart: the patient's legs."""
    rows = selectors.legs_of(by=request.actor, patient_id=patient_id)
    may_refer = selectors.may_refer(by=request.actor)
    context = {"rows": rows, "patient_id": patient_id, "may_refer": may_refer}
    return render(request, "referral/patient_panel.html", context)
