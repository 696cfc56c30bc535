"""The audit manager's console: search, verification with its progress, weekly reports, taking entries out."""

from collections.abc import Iterator
from datetime import date

import orjson
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import selectors, services
from consortium.forms.audit import AuditExportForm, AuditForm
from kernel.chain import syslog
from kernel.models import AuditEntry
from kernel.web.http import StaffRequest

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def audit(request: StaffRequest) -> HttpResponse:
    """Search the audit chain."""
    form = AuditForm(request.POST or None)
    question, before = form.question()
    found = services.search_audit(by=request.actor, question=question, before=before)
    shown = found[: services.AUDIT_PAGE]
    context = {"form": form, "entries": selectors.entry_rows(shown), "more": len(found) > len(shown)}
    state = selectors.chain_state(by=request.actor)
    return render(request, "consortium/audit.html", {**context, "state": state, "export": AuditExportForm()})


@require_POST
def export(request: StaffRequest) -> HttpResponseBase:
    """Take the entries out that were searched for, as JSON Lines or as lines for a log collector."""
    form = AuditExportForm(request.POST)
    question, _before = form.question()
    wanted = {name: request.POST.get(name, "") for name in ("purpose", "form")}
    pages = services.export_audit(by=request.actor, question=question, forms=WRITERS.keys(), **wanted)
    answer = StreamingHttpResponse(WRITERS[wanted["form"]](pages), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit.{wanted["form"]}"'
    return answer


def _json_lines(pages: Iterator[list[AuditEntry]]) -> Iterator[bytes]:
    for entries in pages:
        yield b"".join(orjson.dumps(selectors.entry_words(one)) + b"\n" for one in entries)


def _collector_lines(pages: Iterator[list[AuditEntry]]) -> Iterator[bytes]:
    for entries in pages:
        yield "".join(_collector_line(one) + "\n" for one in entries).encode()


def _collector_line(entry: AuditEntry) -> str:
    known = selectors.entry_words(entry)
    words = {name: str(value) for name, value in known.items() if name not in {"at", "action", "detail"}}
    text = orjson.dumps(known["detail"]).decode()
    return syslog.line(at=entry.at, outcome=entry.outcome, event=entry.action, words=words, text=text)


WRITERS = {"jsonl": _json_lines, "syslog": _collector_lines}


@never_cache
@page
def verify(request: StaffRequest) -> HttpResponse:
    """Verify the whole chain: the button, how far it is, and what it found."""
    if request.method == "POST":
        services.verify_audit(by=request.actor)
        return redirect("consortium:verify")
    state = selectors.chain_state(by=request.actor)
    name = "consortium/verify.html#result" if request.htmx else "consortium/verify.html"
    return render(request, name, {"state": state, "check": state.check})


@require_GET
def reports(request: StaffRequest) -> HttpResponse:
    """The weekly reports."""
    return render(request, "consortium/audit_reports.html", {"reports": selectors.reports(by=request.actor)})


@require_POST
def make_report(request: StaffRequest) -> HttpResponse:
    """Have last week's report made now, if it does not stand yet."""
    made = services.write_report(by=request.actor)
    messages.success(request, _("The report stands."))
    return redirect("consortium:audit_report", made.week_date)


@require_GET
def report(request: StaffRequest, week: date) -> HttpResponse:
    """One week, to read and to print."""
    shown = services.open_report(by=request.actor, week=week)
    context = {
        "back": reverse("consortium:audit_reports"),
        "report": shown,
        "until": shown.week_date + services.WEEK_LAST,
        "body": selectors.told(shown),
    }
    return render(request, "consortium/audit_report.html", context)
