"""The triage board: the referral desk's home."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from kernel import attention
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import Lane
from referral.selectors.desk.triage import PAGE, Board, Heap
from referral.selectors.lists.board import Row
from referral.views.leg import pane_context

TEMPLATE = "referral/triage.html"
PARTS = ("pane", "board")


def heap_of(request: StaffRequest) -> Heap:
    """What the address narrows the board to; what cannot be read narrows nothing."""
    asked = request.GET.get("lane", "")
    lane = Lane(asked) if asked in Lane.values else Lane.TRIAGE
    return Heap(lane, id_in(request, "department"), id_in(request, "source"))


def id_in(request: StaffRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def page_in(request: StaffRequest) -> int:
    """The page asked for, from 1."""
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 5 else 1


KEYS = (
    ("J", pgettext_lazy("triage board", "next")),
    ("K", pgettext_lazy("triage board", "before")),
    ("O", pgettext_lazy("triage board", "whole page")),
    ("A", pgettext_lazy("triage board", "Accept")),
    ("I", pgettext_lazy("triage board", "Ask")),
    ("D", pgettext_lazy("triage board", "Pass on")),
    ("G", pgettext_lazy("triage board", "Ask a specialist")),
    ("X", pgettext_lazy("triage board", "Reject")),
)
"""The last line of the board. Each key presses a button that stands there."""


@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Heaps by urgency and time left. With `?row=` the chosen leg stands beside; the page's script asks for it."""
    heap = heap_of(request)
    part = request.htmx.target if request.htmx and request.htmx.target in PARTS else ""
    row = _asked(request, heap) if part != "board" else None
    beside = _pane(request, row) if row else {}
    context = (
        beside if part == "pane" and row else {**_list(request, heap, part, alone=row is None), **beside}
    )
    shown = {"board": {"heap": heap}, "page_keys": KEYS, "page_number": page_in(request), **context}
    return render(request, f"{TEMPLATE}{part and f'#{part}'}", shown)


def _list(request: StaffRequest, heap: Heap, part: str, *, alone: bool) -> dict[str, Any]:
    """The board itself. `alone`: the leg in the address lies here no more, so the first one stands beside."""
    found = selectors.triage(by=request.actor, heap=heap, start=(page_in(request) - 1) * PAGE)
    first = next(iter(found.rows), None)
    context = {"board": found, "rows": _looked_at(request, found), "first": first}
    if alone and part != "board" and "row" in request.GET and first is not None:
        whole = selectors.one(by=request.actor, heap=heap, referral_id=first.referral.pk)
        context |= _pane(request, whole or first)
    return context


def _pane(request: StaffRequest, row: Row) -> dict[str, Any]:
    """The chosen leg with its forms; colleagues see that it is being looked at."""
    services.attend(by=request.actor, referral_id=row.referral.pk)
    return pane_context(selectors.glance(by=request.actor, row=row))


def _asked(request: StaffRequest, heap: Heap) -> Row | None:
    """The row named in the address, where it still lies in the lane: the pane needs no board around it."""
    wanted = id_in(request, "row")
    return selectors.one(by=request.actor, heap=heap, referral_id=wanted) if wanted else None


def _looked_at(request: StaffRequest, found: Board) -> list[tuple[Row, str]]:
    """Rows with the name of the colleague who has each before her."""
    legs = [row.referral.pk for row in found.rows]
    who = attention.others(person=request.actor.person, things=legs)
    return [(row, who.get(row.referral.pk, "")) for row in found.rows]
