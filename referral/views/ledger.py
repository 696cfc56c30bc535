"""The monthly register: the page, and the register as a file."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kernel.sheets.shapes import Ledger
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import Direction, Side
from referral.engine.ledger_pdf import draw_ledger
from referral.engine.sheets import Table, Taken, workbook
from referral.forms.ledger import RegisterExportForm, RegisterForm
from referral.selectors.papers.ledger import PAGE, SIDES, Register, Wanted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIDE_WORDS = {
    Side.SENDER: pgettext_lazy("register", "sent"),
    Side.RECEIVER: pgettext_lazy("register", "received"),
}


@require_safe
def register(request: StaffRequest) -> HttpResponse:
    """A month of an institution, every line leads to its leg."""
    form = RegisterForm(request.GET)
    wanted, page = form.wanted(request.actor), form.given().get("page", 1)
    found = selectors.register(by=request.actor, wanted=wanted, start=(page - 1) * PAGE)
    context = {"found": found, "page_number": page, "export": RegisterExportForm(), **_links(found)}
    return render(request, "referral/register.html", context)


@never_cache
@require_POST
def export(request: StaffRequest) -> HttpResponse:
    """The register as a file, with who took it out, when and what for on every sheet."""
    wanted = RegisterForm(request.POST).wanted(request.actor)
    said = {name: request.POST.get(name, "") for name in ("purpose", "form")}
    taken = services.export_register(by=request.actor, wanted=wanted, **said)
    kind, data = ("application/pdf", draw_ledger(taken)) if said["form"] == "pdf" else (XLSX, _book(taken))
    answer = HttpResponse(data, content_type=kind)
    name = f"register-{wanted.month.since:%Y-%m}.{said['form']}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _book(taken: Ledger) -> bytes:
    widths = [max(6, round(wide * 0.6)) for wide in taken.widths]
    return workbook(
        Taken(taken.title, [Table(taken.under, taken.head, taken.rows, widths)], taken.foot, taken.notes)
    )


def _asked(wanted: Wanted, **changes: str) -> dict[str, str]:
    asked = {
        "place": str(wanted.place),
        "month": f"{wanted.month.since:%Y-%m}",
        "side": wanted.side,
        "direction": wanted.direction,
        **changes,
    }
    return {name: value for name, value in asked.items() if value}


def _link(wanted: Wanted, **changes: str) -> str:
    return f"?{urlencode(_asked(wanted, **changes))}"


def _links(found: Register) -> dict[str, Any]:
    """The links that ask for something else; each count opens its lines."""
    wanted, counts = found.wanted, found.counts
    after = wanted.month.after
    all_of = {side: sum(counts[side, way] for way in Direction.values) for side in SIDES}
    whole = {"url": _link(wanted, side="", direction=""), "label": pgettext_lazy("register", "all"),
             "current": not wanted.side and not wanted.direction, "number": sum(all_of.values())}  # fmt: skip
    parts = [
        {"url": _link(wanted, side=side, direction=way), "number": number, "label": f"{SIDE_WORDS[side]} {label}",
         "current": (wanted.side, wanted.direction) == (side, way)}
        for side in SIDES
        for way, label, number in [
            ("", "", all_of[side]), *((way.value, way.label, counts[side, way]) for way in Direction)
        ]
        if number
    ]  # fmt: skip
    return {
        "parts": [whole, *parts],
        "kept": _asked(wanted),
        "before": _link(wanted, month=f"{wanted.month.before.since:%Y-%m}"),
        "after": _link(wanted, month=f"{after.since:%Y-%m}") if after else "",
        "page_link": _link(wanted),
    }
