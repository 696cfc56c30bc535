"""Pages of the chart."""

from emr.chart.views.opening import (
    adopt,
    break_glass,
    glass_overview,
    judge,
    opening,
    read_for_review,
    review,
    reviews,
)
from emr.chart.views.reading import chart, encounter, launch
from emr.chart.views.writing import code_diagnosis, new_encounter

__all__ = [
    "adopt",
    "break_glass",
    "chart",
    "code_diagnosis",
    "encounter",
    "glass_overview",
    "judge",
    "launch",
    "new_encounter",
    "opening",
    "read_for_review",
    "review",
    "reviews",
]
