"""Papers of a leg: the page and the PDF, both of one sheet; printing leaves a trace."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kernel import papers
from kernel.sheets.drawing import draw
from kernel.sheets.shapes import Sheet
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import PrintKind
from referral.selectors.papers.sheet import plan_sheet, sheet

SHEETS = {PrintKind.FORM: sheet, PrintKind.PLAN: plan_sheet}


def _sheet(request: StaffRequest, paper: selectors.Paper, kind: str) -> Sheet:
    site = request.build_absolute_uri("/")[:-1]
    return SHEETS[PrintKind(kind)](by=request.actor, paper=paper, site=site)


def _page(request: StaffRequest, referral_id: UUID, kind: str) -> HttpResponse:
    found = selectors.paper(by=request.actor, referral_id=referral_id)
    drawn = _sheet(request, found, kind)
    context = {
        "paper": found,
        "back": reverse("referral:detail", args=[referral_id]),
        "sheet": drawn,
        "kind": kind,
        "code": papers.qr(drawn.address) if drawn.address else "",
        "may_print": kind == PrintKind.FORM and selectors.may_print(by=request.actor),
    }
    return render(request, "referral/paper.html", context)


@require_safe
def paper(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """The form on paper, its numbers masked."""
    return _page(request, referral_id, PrintKind.FORM)


@require_safe
def plan(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """The plan that the patient takes home."""
    return _page(request, referral_id, PrintKind.PLAN)


@require_safe
def paper_pdf(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """The form as A4 PDF, its font embedded, its numbers masked."""
    return _pdf(request, referral_id, PrintKind.FORM, whole=False)


@never_cache
@require_POST
def print_form(request: StaffRequest, referral_id: UUID) -> HttpResponse:
    """The form or the plan as PDF; the form with the whole ID number where `whole` is said."""
    kind = request.POST.get("kind", PrintKind.FORM)
    return _pdf(request, referral_id, kind, whole=request.POST.get("whole") == "1")


def _pdf(request: StaffRequest, referral_id: UUID, kind: str, *, whole: bool) -> HttpResponse:
    found = services.print_form(by=request.actor, referral_id=referral_id, kind=kind, whole=whole)
    answer = HttpResponse(draw(_sheet(request, found, kind)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.referral.number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
