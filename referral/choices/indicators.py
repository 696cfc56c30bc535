"""What is counted of referrals: each indicator one definition, read by the page, the export and the check.

A share is `part` of `whole`: names of conditions, which `choices/conditions.py` says in SQL and `engine/recount.py`
says again over the history, so that the two can be compared (invariant 14). A span is the time from one moment to
another. `basis` says on which day a leg is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.errors import Text
from referral.choices.table import Event


class Unit(TextChoices):
    COUNT = "count", pgettext_lazy("indicator", "number of legs")
    SHARE = "share", pgettext_lazy("indicator", "per cent")
    SPAN = "span", pgettext_lazy("indicator", "time: middle (P50) and slow end (P90)")


class Basis(TextChoices):
    """The day on which a leg is counted, in the county's time."""

    SENT = "sent", _("the day of submission")
    FEEDBACK = "feedback", _("the day on which the 72 hours after the reply were over")
    DISCHARGED = "discharged", _("the day of the reply")
    ENDED = "ended", _("the day on which the leg ended")
    RETURN = "return", _("the day on which the 30 days after the down-referral were over")


FEEDBACK_WITHIN: Final = timedelta(hours=72)
RETURN_WITHIN: Final = timedelta(days=30)
MOMENT: Final[Mapping[Basis, tuple[str, timedelta]]] = {
    Basis.SENT: ("sent_at", timedelta()),
    Basis.FEEDBACK: ("replied_at", FEEDBACK_WITHIN),
    Basis.DISCHARGED: ("replied_at", timedelta()),
    Basis.ENDED: ("ended_at", timedelta()),
    Basis.RETURN: ("sent_at", RETURN_WITHIN),
}
"""The moment of the leg, and how long after it the leg is counted."""

MARKS: Final[Mapping[str, frozenset[Event]]] = {
    "sent_at": frozenset({Event.SUBMIT, Event.APPROVE, Event.EMERGENCY_SEND}),
    "answered_at": frozenset({Event.ACCEPT, Event.REJECT, Event.REDIRECT, Event.ADVISE, Event.CONFIRM_READY}),
    "taken_at": frozenset({Event.ACCEPT, Event.CONFIRM_READY, Event.ARRIVE}),
    "asked_at": frozenset({Event.REQUEST_INFO}),
    "refused_at": frozenset({Event.REJECT}),
    "revoked_at": frozenset({Event.REVOKE}),
    "turned_away_at": frozenset({Event.REFUSE_ON_ARRIVAL}),
    "advised_at": frozenset({Event.ADVISE}),
    "passed_on_at": frozenset({Event.REDIRECT, Event.DIVERT}),
    "kept_at": frozenset({Event.SCHEDULE}),
    "missed_at": frozenset({Event.MARK_NO_SHOW}),
    "arrived_at": frozenset({Event.ARRIVE}),
    "replied_at": frozenset({Event.COMPLETE_CARE}),
    "read_at": frozenset({Event.ACKNOWLEDGE, Event.START_DOWN_LEG}),
    "sent_down_at": frozenset({Event.START_DOWN_LEG}),
    "onward_at": frozenset({Event.REFER_ONWARD}),
    "followed_at": frozenset({Event.START_REHAB}),
    "finished_at": frozenset({Event.FINISH_PLAN}),
}
"""Each moment of a tally is that of the first of these events."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number and everything that is to be known about it. `goal` in per cent, as long as the consortium has set no
    other one (`selectors.stats.goals`); `up`: more is better."""

    code: str
    label: Text
    unit: Unit
    part: str
    counts: Text
    whole: str = ""
    out_of: Text = ""
    span: tuple[str, str] = ("", "")
    basis: Basis = Basis.SENT
    goal: float | None = None
    up: bool = True


SOURCE: Final = _("Two-way referral of the consortium: list of statistics")
"""Where the definitions come from; the goals are the consortium's own."""


def _count(code: str, label: Text, part: str, counts: Text, *, up: bool = True) -> Indicator:
    return Indicator(code, label, Unit.COUNT, part, counts, up=up)


def _share(
    code: str, label: Text, part: tuple[str, Text], whole: tuple[str, Text], goal: float | None, **more: Any
) -> Indicator:
    return Indicator(code, label, Unit.SHARE, *part, *whole, goal=goal, **more)


def _span(code: str, label: Text, part: str, counts: Text, span: tuple[str, str]) -> Indicator:
    return Indicator(code, label, Unit.SPAN, part, counts, span=span, up=False)


_ALL: Final = (
    _count("up", pgettext_lazy("indicator", "Referred up"), "up",
           pgettext_lazy("indicator", "legs up that were submitted")),
    _count("down", pgettext_lazy("indicator", "Referred down"), "down",
           pgettext_lazy("indicator", "legs down that were submitted")),
    _count("lateral", pgettext_lazy("indicator", "Between peers"), "lateral",
           pgettext_lazy("indicator", "legs between institutions of one level")),
    _share("ratio", pgettext_lazy("indicator", "Down to up"),
           ("down", pgettext_lazy("indicator", "legs down")), ("up", pgettext_lazy("indicator", "legs up")), None),
    _count("outside", pgettext_lazy("indicator", "Out of the county"), "outside",
           pgettext_lazy("indicator", "legs to a hospital outside the county, also from the head hospital onward")),
    _count("inbound", pgettext_lazy("indicator", "Into the county"), "inbound",
           pgettext_lazy("indicator", "legs from a hospital outside the county")),
    _share("in_county", pgettext_lazy("indicator", "Stays in the county"),
           ("leaving_inside",
            pgettext_lazy("indicator", "of those, the legs inside the county and not referred onward")),
           ("leaving_first",
            pgettext_lazy("indicator", "legs up and between peers of the county's own, each way once, without advice")),
           90),
    _count("advised", pgettext_lazy("indicator", "Advised, stays"), "advised",
           pgettext_lazy("indicator", "questions answered with advice: counted apart, in no rate below")),
    _share("accept", pgettext_lazy("indicator", "Acceptance rate"),
           ("accepted", pgettext_lazy("indicator", "taken, and not taken back")),
           ("judged", pgettext_lazy("indicator", "legs taken, rejected or passed on, without advice")), 95),
    _span("answer", pgettext_lazy("indicator", "Time to the answer"), "answered",
          pgettext_lazy(
              "indicator",
              "from the submission to the first answer: accepted, rejected, passed on, advised, emergency made ready",
          ), ("sent_at", "answered_at")),
    _span("arrival", pgettext_lazy("indicator", "Time to the arrival"), "answered_arrived",
          pgettext_lazy("indicator", "from the first answer to the arrival, of those who came after it"),
          ("answered_at", "arrived_at")),
    _share("no_show", pgettext_lazy("indicator", "Did not come"),
           ("missed", pgettext_lazy("indicator", "marked as not come, also when they came later")),
           ("awaited", pgettext_lazy("indicator", "legs with a kept place that came or were marked as not come")),
           5, up=False),
    _share("asked", pgettext_lazy("indicator", "More asked for"),
           ("asked", pgettext_lazy("indicator", "asked for more at least once")),
           ("sent", pgettext_lazy("indicator", "legs submitted, without advice")), 15, up=False),
    _count("rejected", pgettext_lazy("indicator", "Rejected"), "rejected",
           pgettext_lazy(
               "indicator", "rejected, or the acceptance taken back; those refused on arrival are counted apart"
           ), up=False),
    _share("turned_away", pgettext_lazy("indicator", "Refused on arrival"),
           ("turned_away", pgettext_lazy("indicator", "refused although they were there")),
           ("arrived", pgettext_lazy("indicator", "legs that arrived")), 0, up=False),
    _share("closure", pgettext_lazy("indicator", "Closure rate"),
           ("closed", pgettext_lazy("indicator", "closed legs")),
           ("closable",
            pgettext_lazy("indicator", "all legs without those withdrawn and rejected, and without advice")),
           95),
    _share("feedback", pgettext_lazy("indicator", "Reply read within 72 hours"),
           ("read_in_time",
            pgettext_lazy("indicator", "read by the sender, or answered by a down-referral, within 72 hours")),
           ("replied", pgettext_lazy("indicator", "replies of legs up and between peers")),
           95, basis=Basis.FEEDBACK),
    _share("down_rate", pgettext_lazy("indicator", "Referred down after care"),
           ("went_down", pgettext_lazy("indicator", "of those, the ones that went down with a plan")),
           ("eligible",
            pgettext_lazy(
                "indicator",
                "stays inside the county that ended with a reply, without the recovered and those treated on there",
            )),
           60, basis=Basis.DISCHARGED),
    _share("rehab", pgettext_lazy("indicator", "Plans finished"),
           ("finished", pgettext_lazy("indicator", "every item done or left out with a reason")),
           ("followed", pgettext_lazy("indicator", "legs down that were followed and ended, without deaths")),
           85, basis=Basis.ENDED),
    _share("returned", pgettext_lazy("indicator", "Back within 30 days"),
           ("returned", pgettext_lazy("indicator", "the same person was referred up again within 30 days")),
           ("down_taken", pgettext_lazy("indicator", "legs down that the branch took")),
           5, basis=Basis.RETURN, up=False),
)  # fmt: skip
"""One row for each number: code, name, condition and what it counts; for a share what it is of, and the goal."""
INDICATORS: Final[Mapping[str, Indicator]] = {one.code: one for one in _ALL}


class Group(TextChoices):
    """By what the numbers are set side by side."""

    BRANCH = "branch", pgettext_lazy("indicator", "Institutions")  # the head hospital stands among them
    WARD = "ward", pgettext_lazy("indicator", "Departments")
    CHAPTER = "chapter", pgettext_lazy("indicator", "Diseases")
    BLOCK = "block", pgettext_lazy("indicator", "Disease groups")
    DOCTOR = "doctor", pgettext_lazy("indicator", "Doctors")


class Period(TextChoices):
    DAY = "day", pgettext_lazy("period", "Day")
    WEEK = "week", pgettext_lazy("period", "Week")
    MONTH = "month", pgettext_lazy("period", "Month")
    QUARTER = "quarter", pgettext_lazy("period", "Quarter")
    YEAR = "year", pgettext_lazy("period", "Year")
    DAYS_7 = "d7", pgettext_lazy("period", "7 days")
    DAYS_30 = "d30", pgettext_lazy("period", "30 days")
    DAYS_90 = "d90", pgettext_lazy("period", "90 days")
