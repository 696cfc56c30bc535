"""The chart page: banner, tabs, and what the chosen tab shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.choices import TREATING, Role
from emr.access import selectors as access
from emr.chart.policies import CHART
from emr.chart.selectors.documents import documents
from emr.chart.selectors.summary import Summary, summary
from emr.index.selectors import PatientCard, card
from emr.repository import selectors as repository
from kernel.actor import Actor
from kernel.errors import Text

TABS: Final[dict[str, Text]] = {
    "summary": _("Summary"),
    "timeline": _("Timeline"),
    "signs": _("Vital signs"),
    "exams": _("Images and ECG"),
    "documents": _("Documents"),
    "medicines": _("Medicines"),
    "referrals": _("Referrals"),
    "coverage": _("Insurance"),
}
DRAWN_BY: Final[dict[str, str]] = {
    "exams": "diagnostics:patient_panel",
    "referrals": "referral:patient_panel",
}
"""Tabs that are nothing but a panel of a higher app: who may not open the panel is not offered the tab."""
NEEDS: Final[dict[str, str]] = {
    "summary": "Encounter",
    "timeline": "Encounter",
    "signs": "Observation",
    "exams": "DiagnosticReport",
    "documents": "Encounter",
    "medicines": "MedicationRequest",
    "referrals": "Task",
}
"""The kind a post has to read to be offered the tab; insurance stands open to all who may open the record."""
FILTERS: Final[dict[str, Text]] = {"": _("all"), "visit": _("visits"), "exam": _("exams")}


@dataclass(frozen=True, slots=True)
class Tab:
    """In the shape of ui/tabs.html and ui/filters.html."""

    label: Text
    url: str
    current: bool
    number: int | None = None
    drawn_by: str = ""


@dataclass(frozen=True, slots=True)
class ChartPage:
    """All that one tab of the chart shows. `withheld`: something needs a higher clearance; told to treating posts
    alone, and never what. `settling`: only the coded diagnoses are shown, beside the insurance."""

    card: PatientCard
    tab: str
    tabs: tuple[Tab, ...]
    may_write: bool
    may_agree: bool = False
    withheld: bool = False
    settling: bool = False
    summary: Summary | None = None
    documents: tuple[Any, ...] = field(default=())
    filters: tuple[Tab, ...] = field(default=())


def chart_page(*, by: Actor, patient_id: UUID, tab: str, only: str = "") -> ChartPage:
    """The page of an opened record; `only` narrows the timeline to visits or exams."""
    offered = [name for name in TABS if name not in NEEDS or access.reads(by, NEEDS[name])]
    tab = tab if tab in offered else offered[0]
    settling = "summary" not in offered and access.reads(by, "Condition")
    shown = card(by=by, patient_id=patient_id)
    own = shown.organisation_id in by.organisations
    told = (
        summary(by=by, patient_id=patient_id)
        if settling or tab in ("summary", "timeline", "signs", "medicines")
        else None
    )
    found = documents(by=by, patient_id=patient_id) if tab == "documents" else []
    return ChartPage(
        card=shown,
        tab=tab,
        tabs=_tabs(patient_id, offered, tab),
        may_write=own and CHART.allows(by, "write"),
        may_agree=own and by.has(*TREATING, Role.RECEPTION, Role.MEDICAL_AFFAIRS),
        withheld=by.has(*TREATING) and repository.withheld(by=by, patient_id=patient_id),
        settling=settling,
        summary=_narrowed(told, only) if told else None,
        documents=tuple(found),
        filters=_filters(patient_id, tab, only),
    )


def _tabs(patient_id: UUID, offered: Iterable[str], current: str) -> tuple[Tab, ...]:
    address = reverse("emr:chart", args=[patient_id])
    return tuple(
        Tab(TABS[name], f"{address}?tab={name}", name == current, drawn_by=DRAWN_BY.get(name, ""))
        for name in offered
    )


def _filters(patient_id: UUID, tab: str, only: str) -> tuple[Tab, ...]:
    address = f"{reverse('emr:chart', args=[patient_id])}?tab={tab}"
    return tuple(
        Tab(label, f"{address}&only={name}" if name else address, name == only)
        for name, label in FILTERS.items()
    )


def _narrowed(told: Summary, only: str) -> Summary:
    if only not in ("visit", "exam"):
        return told
    kept = tuple(one for one in told.happenings if one.kind == only)
    return Summary(told.problems, told.medicines, told.encounters, told.trends, kept)
