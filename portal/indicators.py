"""The county in numbers, for who leads it and who counts it: no page of these ever names a patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

import consortium.selectors
import diagnostics.selectors
import insurance_bridge.selectors
import referral.selectors
from consortium.choices import OrganisationKind
from consortium.templatetags.spoken import signed_money
from emr.capacity import selectors as capacity
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text

SPANS: Final = (7, 30, 90)
FULL: Final = 90
"""Per cent of a ward's beds from which it is said to be full."""
AT_MOST: Final = 3
TOPICS: Final = {
    "referrals": gettext_lazy("Referrals by institution"),
    "exams": gettext_lazy("Exams by institution"),
    "money": gettext_lazy("Settlements by institution"),
}

Value = int | float | Decimal | timedelta | None


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator. `kind` says how the value is written: count, share, span, money.

    `before`: the same of the span before; `means`: what is counted; `course`: its course in the span.
    """

    label: Text
    kind: str
    value: Value
    before: Value
    means: Text
    topic: str
    course: Sequence[int] = ()
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the few things to know today: tone "bad" or "warn", words, where its numbers stand."""

    tone: str
    what: Text
    number: int
    sub: str
    url: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Three apps' figures of one span."""

    legs: Any
    exams: Any
    money: Any


@dataclass(frozen=True, slots=True)
class County:
    """The leader's page."""

    days: int
    since: datetime
    facts: tuple[Fact, ...]
    further: tuple[Fact, ...]
    tiles: tuple[Tile, ...]
    lines: tuple[Any, ...]
    branches: int


def county(*, by: Actor, days: int) -> County:
    """Today's facts, the indicators of the last `days` days beside those before, the institutions, worst first."""
    now = clock.now()
    here = _measured(by, days, now)
    before = _measured(by, days, now - timedelta(days=days), whole=True)
    facts = _facts(here)
    lines = sorted(here.legs.lines, key=lambda line: (-line.late, line.accept_share or 100.0, -line.up))
    return County(
        days=days,
        since=now - timedelta(days=days),
        facts=tuple(facts[:AT_MOST]),
        further=tuple(facts[AT_MOST:]),
        tiles=tuple(_tiles(here, before)),
        lines=tuple(lines),
        branches=len(consortium.selectors.all_organisations()),
    )


def topic(*, by: Actor, name: str, days: int) -> Any:
    """One topic by institution: the app's own figures."""
    sources = {
        "referrals": referral.selectors.figures,
        "exams": diagnostics.selectors.figures,
        "money": insurance_bridge.selectors.figures,
    }
    return sources[name](by=by, days=days)


def _measured(by: Actor, days: int, until: datetime, *, whole: bool = False) -> Measured:
    asked: dict[str, Any] = {"by": by, "days": days, "until": until, "whole": whole}
    return Measured(
        legs=referral.selectors.figures(**asked),
        exams=diagnostics.selectors.figures(**asked),
        money=insurance_bridge.selectors.figures(**asked),
    )


def _tiles(here: Measured, before: Measured) -> list[Tile]:
    legs, exams, money = here.legs, here.exams, here.money
    old_legs, old_exams, old_money = before.legs, before.exams, before.money
    told = _("submission to the answer, median"), _("answer to the arrival, median")
    return [
        Tile(_("Referred up"), "count", legs.up, old_legs.up, _("legs submitted"), "referrals", legs.course),
        Tile(_("Referred down"), "count", legs.down, old_legs.down, _("legs to a branch"), "referrals"),
        Tile(_("Time to the answer"), "span", legs.decided_in, old_legs.decided_in, told[0], "referrals"),
        Tile(_("Time to the arrival"), "span", legs.arrived_in, old_legs.arrived_in, told[1], "referrals"),
        Tile(_("Exams reported"), "count", exams.read, old_exams.read, _("signed reports"), "exams", exams.course),
        Tile(_("Time to the report"), "span", exams.read_in, old_exams.read_in, _("exam to report, median"), "exams"),
        Tile(
            _("Critical values read back in time"), "share", exams.in_time_share, old_exams.in_time_share,
            _("within three minutes, of %(n)d told") % {"n": exams.told}, "exams", share=exams.in_time_share,
        ),
        Tile(
            _("Made again"), "count", exams.again, old_exams.again,
            _("while an earlier result was still good for recognition"), "exams",
        ),
        Tile(
            _("Paid by the funds"), "money", money.funds, old_money.funds,
            _("pool, critical illness, assistance, other"), "money", share=money.funds_share,
        ),
        Tile(
            _("Medical assistance"), "money", money.assistance, old_money.assistance,
            _("paid at settlement"), "money",
        ),
    ]  # fmt: skip


def _apart(money: Any) -> str:
    """What the open differences come to."""
    return (
        pgettext("figure", "%(sum)s yuan apart") % {"sum": signed_money(money.apart)}
        if money.differences
        else ""
    )


def _facts(here: Measured) -> list[Fact]:
    """What is wrong today, the worst first; nothing when nothing is."""
    legs, exams, money, full = here.legs, here.exams, here.money, _full_wards()
    told = [
        Fact("bad", _("Critical values nobody has read back"), exams.unanswered, "", _page("exams")),
        Fact("bad", _("Referrals that wait too long"), legs.late, _worst(legs.lines), _page("referrals")),
        Fact(
            "bad", _("Exams that wait too long for a report"), exams.late, _worst(exams.lines), _page("exams")
        ),
        Fact(
            "bad",
            _("Open differences with the insurance centre"),
            money.differences,
            _apart(money),
            _page("money"),
        ),
        Fact("warn", _("Days the insurance desks have not closed"), money.unclosed, "", _page("money")),
        Fact(
            "warn", _("Full wards of the head hospital"), len(full), "、".join(full[:AT_MOST]), "#late-wards"
        ),
        Fact("warn", _("Settlements without an answer"), money.open, "", _page("money")),
    ]
    return [fact for fact in told if fact.number]


def _worst(lines: Sequence[Any]) -> str:
    """The institutions most of it lies with."""
    late = sorted((line for line in lines if line.late), key=lambda line: -line.late)[:3]
    return "、".join(f"{line.name} {line.late}" for line in late)


def _page(name: str) -> str:
    return reverse(f"portal:indicator_{name}")


def wards() -> list[Any]:
    """The head hospital's wards whose beds have names, the fullest first, with the share of their beds in use."""
    places = consortium.selectors.all_organisations()
    heads = [one.pk for one in places if one.kind == OrganisationKind.HEAD_HOSPITAL]
    found = [(ward, _used(ward)) for head in heads for ward in capacity.board(head) if ward.beds]
    return sorted(found, key=lambda row: -row[1])


def _used(ward: Any) -> float:
    return 100.0 * float(ward.total - ward.free) / float(ward.total)


def _full_wards() -> list[str]:
    return [f"{ward.name} {share:.0f} %" for ward, share in wards() if share >= FULL]
