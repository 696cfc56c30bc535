"""Reads of the chart. Every resource comes through the repository and its one rule who may see what."""

from emr.chart.selectors.documents import Document, document, documents
from emr.chart.selectors.measured import Measured, measured
from emr.chart.selectors.medicines import Medicine, medicines
from emr.chart.selectors.opening import ReviewLine, ReviewPage, review, review_page, ways, work
from emr.chart.selectors.pages import ChartPage, Tab, chart_page
from emr.chart.selectors.summary import (
    EncounterLine,
    Happening,
    Problem,
    Summary,
    Trend,
    encounters,
    summary,
)

__all__ = [
    "ChartPage",
    "Document",
    "EncounterLine",
    "Happening",
    "Measured",
    "Medicine",
    "Problem",
    "ReviewLine",
    "ReviewPage",
    "Summary",
    "Tab",
    "Trend",
    "chart_page",
    "document",
    "documents",
    "encounters",
    "measured",
    "medicines",
    "review",
    "review_page",
    "summary",
    "ways",
    "work",
]
