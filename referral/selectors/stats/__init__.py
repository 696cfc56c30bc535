"""Statistics of referral: what is counted, from which legs, side by side; every number opens its rows.

- `page`: the page asked for · `spans`: of time, `course`: in steps · `bars`: drawn · `rows`: behind a number
- `cuts`: one pass for all that is asked · `measuring`: an indicator's value · `conditions`: what it counts
- `figures`: of the leaders' page · `goals`: aimed at
"""

from referral.selectors.stats.figures import Figures, figures
from referral.selectors.stats.goals import WITH_GOAL, Goals, goals, may_set_goals
from referral.selectors.stats.measuring import Value, may_export, measure
from referral.selectors.stats.page import BESIDE, Asked, Statistics, statistics
from referral.selectors.stats.rows import PAGE, Rows, counted_rows
from referral.selectors.stats.spans import Span, span

__all__ = [
    "BESIDE", "PAGE", "WITH_GOAL", "Asked", "Figures", "Goals", "Rows", "Span", "Statistics", "Value",
    "counted_rows", "figures", "goals", "may_export", "may_set_goals", "measure", "span", "statistics",
]  # fmt: skip
