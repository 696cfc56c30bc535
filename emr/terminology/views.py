"""Options of a code field as it is typed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from emr.terminology import selectors
from emr.terminology.choices import System
from kernel.web.http import StaffRequest


@require_GET
def icd10(request: StaffRequest) -> HttpResponse:
    """ICD-10 codes for what was typed, under whatever name the field has. Codes say nothing about a person."""
    typed = str(next(iter(request.GET.values()), ""))
    found = selectors.search(System.ICD10, typed[:60])
    return render(request, "emr/codes.html", {"codings": found})
