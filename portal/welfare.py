"""The welfare officer's home (救助经办): whose help did not come, what waits, whose identity ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

import insurance_bridge.selectors
from consortium.templatetags.spoken import money
from emr.index import selectors as index
from insurance_bridge.selectors import Relief
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import Count

DAYS: Final = 90
ENDS_SOON: Final = timedelta(days=30)
LOUD: Final = "unaided"

SHOWN: Final[Mapping[str, tuple[Text, Callable[[Relief], bool]]]] = {
    "unaided": (_("Settled without assistance"), lambda one: one.state == "unaided"),
    "open": (_("No answer from the insurance centre"), lambda one: one.state == "open"),
    "treated": (_("Treated, not settled yet"), lambda one: one.state == "treated"),
    "ending": (_("Identity ends within 30 days"), lambda one: _ends_soon(one.ends)),
    "aided": (_("Settled with assistance"), lambda one: one.state == "aided"),
}
"""The lists, in the order of what wants somebody first: what each is called, and what stands in it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A visit with who it is, as far as this post may see her."""

    who: str
    url: str
    visit: Relief


@dataclass(frozen=True, slots=True)
class Page:
    """The home: numbers that open their list, the list, and what the help came to in these days; yuan."""

    days: int
    show: str
    title: Text
    counts: tuple[Count, ...]
    rows: tuple[Row, ...]
    assistance: Decimal
    cash: Decimal


def page(*, by: Actor, show: str = "") -> Page:
    """The list asked for; without a question the first that has somebody in it."""
    visits = insurance_bridge.selectors.relief(by=by, days=DAYS)
    lists = {key: [one for one in visits if fits(one)] for key, (_title, fits) in SHOWN.items()}
    chosen = show if show in SHOWN else next((key for key, rows in lists.items() if rows), LOUD)
    return Page(
        days=DAYS,
        show=chosen,
        title=SHOWN[chosen][0],
        counts=tuple(_tile(key, lists[key]) for key in SHOWN),
        rows=_rows(by, lists[chosen]),
        assistance=sum((one.assistance for one in visits), Decimal(0)),
        cash=sum((one.cash for one in visits), Decimal(0)),
    )


def _tile(key: str, rows: list[Relief]) -> Count:
    paid = sum((one.cash for one in rows), Decimal(0)) if key == LOUD else Decimal(0)
    sub = said("%(sum)s yuan out of pocket") % {"sum": money(paid)} if paid else ""
    return Count(key, SHOWN[key][0], len(rows), f"/?show={key}", sub=sub)


def _rows(by: Actor, visits: list[Relief]) -> tuple[Row, ...]:
    cards = index.cards(by=by, patient_ids=[one.patient_id for one in visits])
    return tuple(
        Row(f"{card.name} {card.sex_text} {card.age_text}".strip(), card.url if card.basis else "", one)
        for one in visits
        if (card := cards.get(one.patient_id))
    )


def _ends_soon(ends: date | None) -> bool:
    return ends is not None and ends <= clock.today() + ENDS_SOON
