"""The table of specially protected data, for the security managers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from emr.access import selectors, services
from emr.access.forms import RuleEndForm, RuleForm
from kernel.web.forms import keeps_input
from kernel.web.http import StaffRequest


def _page(request: StaffRequest, rule_id: UUID | None = None) -> dict[str, Any]:
    """The lines of one category, the first when none is asked for: all of them are too many for one page.

    `rule_id`: the line whose form was refused; it comes back where it stood, as it was typed."""
    lines = selectors.label_lines(by=request.actor)
    numbers = Counter((one.category, one.category_text) for one in lines)
    ending = next((one.category for one in lines if one.id == rule_id), "")
    asked = request.GET.get("of") or ending or next(iter(numbers), ("", ""))[0]
    filters = [
        {"url": f"?of={code}", "label": words, "number": number, "current": code == asked}
        for (code, words), number in numbers.items()
    ]
    shown = [one for one in lines if one.category == asked]
    ending_id = rule_id if ending else None
    return {
        "groups": _groups(shown, ending_id),
        "filters": filters,
        "adding": RuleForm(auto_id="a-%s"),
        "ending": ending_id,
    }


def _groups(lines: Sequence[selectors.LabelLine], ending: UUID | None) -> list[dict[str, Any]]:
    """The lines by what is looked at. The first stands open, and the one whose form came back."""
    found: dict[str, list[selectors.LabelLine]] = {}
    for one in lines:
        found.setdefault(str(one.system_text), []).append(one)
    return [
        {"words": words, "lines": group, "open": not number or any(one.id == ending for one in group)}
        for number, (words, group) in enumerate(found.items())
    ]


@require_GET
def labels(request: StaffRequest) -> HttpResponse:
    """What is specially protected today."""
    return render(request, "emr/labels.html", _page(request))


@require_POST
@keeps_input("emr/labels.html", RuleForm, context=_page)
def propose_rule(request: StaffRequest) -> HttpResponse:
    """Ask for a new line; a second manager decides."""
    form = RuleForm.valid(request)
    services.propose_rule(by=request.actor, **form.order())
    messages.success(request, _("Proposed. A second security manager decides."))
    return redirect("emr:labels")


@require_POST
@keeps_input("emr/labels.html", RuleEndForm, context=_page)
def propose_end(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """Ask that a line ends; a second manager decides."""
    form = RuleEndForm.valid(request)
    services.propose_end(by=request.actor, rule_id=rule_id, reason=form.order()["reason"])
    messages.success(request, _("Proposed. A second security manager decides."))
    return redirect("emr:labels")
