"""Follow-up visits: the list by day, one visit with its telephone and its form."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from emr.formulary import selectors as formulary
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import readings_for
from referral.forms.down import VisitForm
from referral.forms.leg import ReasonForm
from referral.selectors.down.followups import GROUPS, numbers
from referral.selectors.lists.board import PAGE as MOST
from referral.selectors.lists.board import counts as board_counts
from referral.views.lists import listed, page_asked

PAGE = "referral/followups.html"
ONE = "referral/visit.html"
WORDS = {
    "due": pgettext_lazy("follow-up", "Due today or late"),
    "week": pgettext_lazy("follow-up", "Seven days"),
    "all": pgettext_lazy("follow-up", "All of running plans"),
    "incoming": _("Coming down"),
}
NOBODY_COMES = pgettext_lazy("referral board", "No patient is on the way down to you.")


@require_safe
def followups(request: StaffRequest) -> HttpResponse:
    """Due visits by day, with the chosen one beside; or the legs that come down (`?show=incoming`)."""
    shown = request.GET.get("show", "due")
    shown = shown if shown in WORDS else "due"
    if shown == "incoming":
        found = listed(request, selectors.coming_down)
        told = {"tabs": _tabs(request, shown), "title": _("Follow-ups"), "nothing": NOBODY_COMES}
        return render(request, "referral/board.html", {**told, **found})
    keeps = formulary.may_keep(by=request.actor)
    return render(
        request, PAGE, {"tabs": _tabs(request, shown), "keeps_drugs": keeps, **_listed(request, shown)}
    )


def _tabs(request: StaffRequest, shown: str) -> list[dict[str, Any]]:
    found = numbers(by=request.actor) | board_counts(by=request.actor, of=("incoming",))
    return [
        {"url": f"?show={key}", "label": words, "current": key == shown, "number": found[key]}
        for key, words in WORDS.items()
    ]


def _listed(request: StaffRequest, shown: str) -> dict[str, Any]:
    """One page of the list in its groups, and the chosen visit."""
    page = page_asked(request)
    found = selectors.visits(by=request.actor, shown=shown, start=(page - 1) * MOST, limit=MOST + 1)
    rows, wanted = found[:MOST], request.GET.get("row", "")
    chosen = next((row for row in rows if str(row.item.pk) == wanted), rows[0] if rows else None)
    groups = [(words, [row for row in rows if row.group == key]) for key, words in GROUPS.items()]
    pages = {"page_number": page, "more": len(found) > MOST, "which": shown}
    return {"groups": [one for one in groups if one[1]], **pages, **(forms_of(chosen) if chosen else {})}


def forms_of(visit: selectors.Visit) -> dict[str, Any]:
    """A visit with its card and its two forms: what came of it, and up again."""
    initial = {"version": visit.referral.version}
    first = readings_for(visit.referral.diagnosis_code, visit.item.text)
    return {
        "visit": visit,
        "card": visit.card,
        "visit_form": VisitForm(initial=initial, first=first),
        "up_form": ReasonForm(initial={**initial, "reason": visit.reason}, auto_id="up-%s"),
    }


def visit_context(request: StaffRequest, item_id: UUID) -> dict[str, Any]:
    return forms_of(selectors.visit(by=request.actor, item_id=item_id))


@require_safe
def visit(request: StaffRequest, item_id: UUID) -> HttpResponse:
    """One visit as a page of its own: who, whom to phone, what was found last, what was found now."""
    return render(request, ONE, visit_context(request, item_id))


@require_POST
@keeps_input(ONE, VisitForm, context=visit_context)
def log_visit(request: StaffRequest, item_id: UUID) -> HttpResponse:
    """Record what came of it, and on to the next."""
    form = VisitForm.valid(request)
    item = services.log_visit(
        by=request.actor, item_id=item_id, version=form.version or 0, key=form.key, **form.order()
    )
    if item.danger:
        messages.warning(request, _("A reading asks to refer up at once. Decide now."))
        return redirect("referral:detail", item.referral_id)
    return redirect("referral:followups")
