"""Every read of diagnostics."""

from diagnostics.selectors.billing import Billable, billable
from diagnostics.selectors.calling import Call, calls, unanswered
from diagnostics.selectors.cases import (
    Case,
    Filters,
    by_accession,
    counts,
    next_case,
    reads,
    scheduled,
    worklist,
)
from diagnostics.selectors.critical import (
    Alarm,
    CriticalPage,
    CriticalRow,
    alarms,
    answers,
    critical_page,
    critical_rows,
    criticals,
)
from diagnostics.selectors.figures import Figures, figures
from diagnostics.selectors.listing import listed
from diagnostics.selectors.orders import (
    Order,
    Repeat,
    inbox,
    items,
    order,
    recent_same,
    requests_of,
)
from diagnostics.selectors.reading import Reading, groups_of, reading
from diagnostics.selectors.reports import (
    ReportPage,
    report_page,
    signatures,
)
from diagnostics.selectors.work import work

__all__ = [
    "Alarm",
    "Billable",
    "Call",
    "Case",
    "CriticalPage",
    "CriticalRow",
    "Figures",
    "Filters",
    "Order",
    "Reading",
    "Repeat",
    "ReportPage",
    "alarms",
    "answers",
    "billable",
    "by_accession",
    "calls",
    "counts",
    "critical_page",
    "critical_rows",
    "criticals",
    "figures",
    "groups_of",
    "inbox",
    "items",
    "listed",
    "next_case",
    "order",
    "reading",
    "reads",
    "recent_same",
    "report_page",
    "requests_of",
    "scheduled",
    "signatures",
    "unanswered",
    "work",
    "worklist",
]
