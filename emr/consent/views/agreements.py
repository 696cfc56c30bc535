"""One page per person: consents, contracts, duties by law, requests; each with its form."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from emr.consent import selectors, services
from emr.consent.forms import ConsentForm, ContractForm, DutyForm, EndForm, RequestForm, SaidForm
from emr.consent.selectors.agreements import doctors
from emr.consent.services.consents import SCAN_LIMIT
from emr.index import selectors as index
from kernel import clock, files
from kernel.web.forms import OrderForm, keeps_input
from kernel.web.http import StaffRequest
from kernel.web.lengths import takes

TWICE: Final = 2 * SCAN_LIMIT
"""A scan that is somewhat too large is told so beside its field, and what was typed stays."""


def _page(request: StaffRequest, patient_id: UUID, **_more: Any) -> dict[str, Any]:
    page = selectors.agreements(by=request.actor, patient_id=patient_id)
    places = selectors.places(by=request.actor)
    return {
        "page": page,
        "card": page.card,
        "consent": ConsentForm(places=places, auto_id="c-%s"),
        "contract": ContractForm(doctors=doctors(by=request.actor), auto_id="d-%s"),
        "duty": DutyForm(places=places, auto_id="l-%s"),
        "asking": RequestForm(auto_id="r-%s"),
        "consents": _each(page.consents, SaidForm, "w"),
        "contracts": _each(page.contracts, EndForm, "e"),
    }


def _each(lines: Iterable[Any], form: type[OrderForm], name: str) -> list[tuple[Any, OrderForm]]:
    """Each line with its own form: the version seen, and ids of its own."""
    return [
        (line, form(initial={"version": line.version}, auto_id=f"{name}{number}-%s"))
        for number, line in enumerate(lines)
    ]


@takes(TWICE)
@require_http_methods(["GET", "POST"])
@keeps_input("emr/agreements.html", ConsentForm, context=_page)
def agreements(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """What stands, and the one form for a new consent."""
    if request.method == "GET":
        return render(request, "emr/agreements.html", _page(request, patient_id))
    form = ConsentForm.valid(request, places=selectors.places(by=request.actor))
    services.give(by=request.actor, key=form.key, patient_id=patient_id, terms=form.terms, said=form.said)
    messages.success(request, _("Recorded and in force."))
    return redirect("emr:agreements", patient_id)


def _terms(request: StaffRequest, patient_id: UUID, consent_id: UUID) -> dict[str, Any]:
    said = selectors.consent_now(by=request.actor, patient_id=patient_id, consent_id=consent_id)
    last = clock.local(said.until_at) - timedelta(days=1) if said.until_at else None
    initial = {
        "version": said.consent.version,
        "decision": said.decision,
        "organisation": str(said.organisation_id or ""),
        "purpose": said.purpose,
        "scope": said.scope,
        "separate": said.separate,
        "until_date": last.date() if last else None,
        "giver": said.giver,
        "evidence": said.evidence,
    }
    form = ConsentForm(initial=initial, places=selectors.places(by=request.actor))
    return {"card": index.card(by=request.actor, patient_id=patient_id), "said": said, "terms": form}


@takes(TWICE)
@require_http_methods(["GET", "POST"])
@keeps_input("emr/consent_change.html", ConsentForm, context=_terms)
def change_consent(request: StaffRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Other terms from now on, with a signature of their own; the old ones stay readable."""
    context = _terms(request, patient_id, consent_id)
    if request.method == "GET":
        return render(request, "emr/consent_change.html", context)
    form = ConsentForm.valid(request, places=selectors.places(by=request.actor))
    services.change(
        by=request.actor,
        consent_id=consent_id,
        version=form.version or 0,
        terms=form.terms,
        said=form.said,
    )
    messages.success(request, _("Recorded and in force."))
    return redirect("emr:agreements", patient_id)


@require_GET
def consent_scan(request: StaffRequest, patient_id: UUID, consent_id: UUID, number: int) -> HttpResponseBase:
    """The signed paper as it was scanned."""
    found = selectors.scan_of(by=request.actor, patient_id=patient_id, consent_id=consent_id, number=number)
    name = f"consent-{number}{Path(found.name).suffix}"
    return FileResponse(files.open_verified(found.pk), content_type=found.content_type, filename=name)


@takes(TWICE)
@require_POST
@keeps_input("emr/agreements.html", SaidForm, context=_page)
def withdraw(request: StaffRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """One signature ends a consent."""
    form = SaidForm.valid(request)
    services.withdraw(by=request.actor, consent_id=consent_id, version=form.version or 0, said=form.said)
    messages.success(request, _("Withdrawn. What rested on it alone is closed; treatment goes on."))
    return redirect("emr:agreements", patient_id)


@require_POST
@keeps_input("emr/agreements.html", ContractForm, context=_page)
def sign_contract(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A family-doctor contract begins."""
    form = ContractForm.valid(request, doctors=doctors(by=request.actor))
    services.sign_contract(by=request.actor, key=form.key, patient_id=patient_id, **form.contract())
    return redirect("emr:agreements", patient_id)


@require_POST
@keeps_input("emr/agreements.html", EndForm, context=_page)
def end_contract(request: StaffRequest, patient_id: UUID, contract_id: UUID) -> HttpResponse:
    """A family-doctor contract ends."""
    form = EndForm.valid(request)
    reason = form.order()["reason"]
    services.end_contract(by=request.actor, contract_id=contract_id, version=form.version or 0, reason=reason)
    return redirect("emr:agreements", patient_id)


@require_GET
def contracts(request: StaffRequest) -> HttpResponse:
    """The institution's running contracts."""
    return render(request, "emr/contracts.html", {"lines": selectors.contracts_running(by=request.actor)})


@require_POST
@keeps_input("emr/agreements.html", DutyForm, context=_page)
def assign_duty(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The law opens the record to an institution."""
    form = DutyForm.valid(request, places=selectors.places(by=request.actor))
    services.assign_public_health(by=request.actor, patient_id=patient_id, **form.duty())
    return redirect("emr:agreements", patient_id)


@require_POST
def end_duty(request: StaffRequest, patient_id: UUID, ground_id: UUID) -> HttpResponse:
    """The duty is done."""
    services.end_public_health(by=request.actor, patient_id=patient_id, ground_id=ground_id)
    return redirect("emr:agreements", patient_id)


@require_POST
@keeps_input("emr/agreements.html", RequestForm, context=_page)
def receive_request(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A person asks for something about her data."""
    form = RequestForm.valid(request)
    row = services.receive(by=request.actor, key=form.key, patient_id=patient_id, **form.order())
    messages.success(
        request, _("Received. The answer is due on %(day)s.") % {"day": row.due_date.isoformat()}
    )
    return redirect("emr:agreements", patient_id)
