"""Statistics: the page, the rows behind each number, what each means, and the numbers as a file."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import selectors as consortium
from kernel import clock
from kernel.errors import Refused
from kernel.web.forms import bound, keeps_input
from kernel.web.http import StaffRequest
from referral import selectors, services
from referral.choices import INDICATORS, Group, Period, RejectCode
from referral.choices.indicators import SOURCE
from referral.engine import icd10
from referral.engine.sheets import WRITERS
from referral.forms.stats import GoalsForm, StatsExportForm, StatsForm

DEFINITIONS = "referral/stats/definitions.html"
IN_TILES = (
    "up", "down", "ratio", "in_county", "accept", "answer", "arrival", "no_show", "asked", "turned_away",
    "closure", "feedback", "down_rate", "rehab", "returned",
)  # fmt: skip

FIRST_ROWS: Final = 5
"""So many of the ranking stand on a phone before one asks for all of them."""


@require_safe
def stats(request: StaffRequest) -> HttpResponse:
    """The numbers of a span: tiles, side by side, reasons, waiting times."""
    asked = StatsForm(request.GET).asked()
    figures = selectors.statistics(by=request.actor, asked=asked)
    asking = _asking(request, asked)
    context = {
        "figures": figures,
        "rows": figures.rows(asking["kept"]),
        "tiles": [tile for tile in figures.tiles if tile.indicator.code in IN_TILES],
        "beside": [tile for tile in figures.tiles if tile.indicator.code not in IN_TILES],
        "columns": [figures.known[code] for code in figures.shown],
        "first_rows": None if "all" in request.GET else FIRST_ROWS,
        "export": StatsExportForm(initial=request.GET.dict()),
        "keeps_register": selectors.may_keep(by=request.actor),
        "may_export": selectors.may_export(by=request.actor),
    }
    return render(request, "referral/stats/page.html", {**context, **asking})


@require_safe
def rows(request: StaffRequest, code: str) -> HttpResponse:
    """Exactly the legs behind one number."""
    if code not in INDICATORS:
        raise Http404
    form = StatsForm(request.GET)
    given, asked = form.given(), form.asked()
    page = given.get("page", 1)
    found = selectors.counted_rows(
        by=request.actor, code=code, asked=asked, of_whole="of" in given, page=page
    )
    context = {"found": found, "indicator": found.indicator, "page_number": page, **_asking(request, asked)}
    return render(request, "referral/stats/rows.html", context)


def definitions_context(request: StaffRequest) -> dict[str, Any]:
    page = selectors.goals(by=request.actor)
    start = {"version": page.version, "since": clock.today()}
    form = bound(request) or GoalsForm(indicators=page.indicators, initial=start)
    rows = [(one, form[one.code] if one.code in form.fields else None) for one in page.indicators]
    return {"page": page, "rows": rows, "goal_form": form, "source": SOURCE}


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_input(DEFINITIONS, GoalsForm, context=definitions_context)
def definitions(request: StaffRequest) -> HttpResponse:
    """What each number means, and its goal: the consortium office sets it."""
    if request.method != "POST":
        return render(request, DEFINITIONS, definitions_context(request))
    _set_goals(request)
    messages.success(request, _("Kept. What was counted before keeps the goal of its time."))
    return redirect("referral:stats_definitions")


def _set_goals(request: StaffRequest) -> None:
    if not selectors.may_set_goals(by=request.actor):
        raise Refused
    form = GoalsForm.valid(request, indicators=INDICATORS.values())
    said = form.cleaned_data
    services.set_goals(
        by=request.actor, goals=form.goals(), since=said["since"], reason=said["reason"], version=form.version
    )


@never_cache
@require_POST
def export(request: StaffRequest) -> HttpResponse:
    """The numbers as a file, with who took it out, when and what for on the sheet."""
    asked = StatsForm(request.POST).asked()
    wanted = {name: request.POST.get(name, "") for name in ("purpose", "form")}
    taken = services.export_statistics(by=request.actor, asked=asked, **wanted)
    kind, write = WRITERS[wanted["form"]]
    answer = HttpResponse(write(taken), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="referrals-{asked.span.since}.{wanted["form"]}"'
    return answer


def _asking(request: StaffRequest, asked: selectors.Asked) -> dict[str, Any]:
    """The links that ask for something else; the page begins again with them."""
    kept = request.GET.copy()
    for name in ("page", "of", "all"):
        kept.pop(name, None)
    before, after = asked.span.before, asked.span.after
    return {
        "asked": asked,
        "kept": kept.urlencode(),
        "periods": [_choice(kept, "period", one, asked.span.period) for one in Period],
        "groups": [_choice(kept, "group", one, asked.group) for one in Group],
        "before": _link(kept, on=str(before.last)),
        "after": _link(kept, on=str(after.last)) if after else "",
        "narrowed": [(words, _link(kept, **{name: ""})) for name, words in _words(asked)],
    }


def _choice(kept: QueryDict, name: str, one: Period | Group, chosen: str) -> dict[str, Any]:
    return {"url": _link(kept, **{name: one.value}), "label": one.label, "current": one == chosen}


def _link(kept: QueryDict, **changes: str) -> str:
    """The address with changes; an empty one takes out."""
    query = kept.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{urlencode({name: value for name, value in query.items() if value})}"


def _words(asked: selectors.Asked) -> list[tuple[str, str]]:
    """What the numbers are narrowed to, in words."""
    named: Mapping[str, Callable[[Any], str]] = {
        "branch": consortium.organisation_name,
        "ward": lambda pk: consortium.department_names([pk]).get(pk, ""),
        "doctor": lambda pk: consortium.names([pk]).get(pk, ""),
        "chapter": icd10.name_of,
        "block": icd10.name_of,
        "reject_code": lambda code: str(RejectCode(code).label),
    }
    return [
        (name, named[name](value) or pgettext("referral", "not named"))
        for name, value in asked.narrowed.items()
    ]
