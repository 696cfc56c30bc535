"""The monthly register of an institution's referrals (转诊登记表), for its 医务科."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium import selectors as consortium
from kernel import clock
from kernel.actor import Actor
from kernel.errors import OutOfReach, Text
from referral.choices import UNSENT, Direction, Period, RejectCode, Side, Status
from referral.models import Referral
from referral.policies import REFERRAL, either_side
from referral.selectors.lists.board import Row, rows_of
from referral.selectors.stats import span
from referral.selectors.stats.spans import Span

PAGE: Final = 20
SIDES: Final = (Side.SENDER, Side.RECEIVER)
WIDTHS: Final = (9, 13, 22, 17, 15, 28, 10, 23, 28, 28, 39, 13, 13, 13, 17)
"""Of the columns, in millimetres of A4 across."""
LOOKS: Final = (
    "is-hide", "is-when", "is-lead", "is-name ly-nowrap", "", "is-hide", "is-way", "is-way", "is-to", "is-last",
    "is-hide", "is-hide", "is-hide", "is-hide", "is-result",
)  # fmt: skip
"""Of the columns on the page: what a phone leaves to the leg's own page, and what takes a whole line there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose register: an institution and a month, all of it or one side and direction."""

    place: UUID
    month: Span
    side: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its leg, and its cells as page, PDF and workbook show them."""

    leg: UUID
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Register:
    """A part of the register. `counts` by side and direction of the whole month; `number`: of what was asked for;
    `withheld`: legs that are specially protected and closed to the reader, counted and not named."""

    wanted: Wanted
    place: str
    places: Mapping[UUID, str]
    counts: Mapping[tuple[str, str], int]
    number: int
    withheld: int
    entries: Sequence[Entry]
    start: int = 0
    head: Sequence[str] = field(default_factory=lambda: heads())

    @property
    def title(self) -> str:
        return _("Register of two-way referrals %(month)s") % {"month": self.wanted.month}

    @property
    def lines(self) -> list[tuple[Entry, list[tuple[str, str, str]]]]:
        """Each entry with its cells under their heads, and how each looks."""
        return [(entry, list(zip(self.head, entry.cells, LOOKS, strict=True))) for entry in self.entries]

    @property
    def summary(self) -> str:
        """The month in a line: out and in, by direction."""
        words = {Side.SENDER: pgettext("register", "sent"), Side.RECEIVER: pgettext("register", "received")}
        told = []
        for side in SIDES:
            ways = [(Direction(way).label, self.counts[side, way]) for way in Direction.values]
            shown = "，".join(f"{label} {n}" for label, n in ways if n)
            told.append(f"{words[side]} {sum(n for _label, n in ways)}{f'（{shown}）' if shown else ''}")
        return "　".join(told)

    @property
    def first(self) -> int:
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.entries)


def heads() -> list[str]:
    """The columns, as the register of the hospitals has them."""
    return [
        _("No."), _("Referred on"), pgettext("referral", "number"), _("Name"), _("Sex, age"), _("Identity number"),
        pgettext("referral", "way"), pgettext("referral", "From"), _("To"), _("Diagnosis"), _("Reason"),
        _("Referring doctor"), _("Receiving doctor"), _("Came on"), _("Result"),
    ]  # fmt: skip


def wanted_of(*, by: Actor, place: UUID | None, day: date, side: str = "", direction: str = "") -> Wanted:
    """The month around a day of one of the actor's institutions, her own where none is said.

    Raises Refused (403) for a post that keeps no register, OutOfReach (404) for an institution that is not hers.
    """
    REFERRAL.ask(by, "ledger")
    place = place or by.place
    if place not in by.organisations:
        raise OutOfReach(detail={"model": "consortium.organisation", "pk": str(place)})
    return Wanted(place, span(Period.MONTH, min(day, clock.today())), side, direction)


def may_keep(*, by: Actor) -> bool:
    """Whether the post keeps the register."""
    return REFERRAL.allows(by, "ledger")


def register(*, by: Actor, wanted: Wanted, start: int = 0, limit: int = PAGE) -> Register:
    """Legs of the month by the day they were sent; numbers masked. In a fixed number of statements."""
    sent, came = Q(source=wanted.place), Q(target=wanted.place)
    whole = _of_month(wanted) & (sent | came)
    seen = REFERRAL.rows(by, "ledger").filter(whole)
    parts = {
        f"{side}_{way}": Count("pk", filter=place & Q(direction=way))
        for side, place in ((Side.SENDER, sent), (Side.RECEIVER, came))
        for way in Direction.values
    }
    counted = seen.aggregate(all=Count("pk"), **parts)
    total = Referral.objects.filter(either_side(by), whole).count()
    legs = list(_narrowed(wanted, sent, came, seen).order_by("submitted_at", "pk")[start : start + limit])
    places = consortium.organisation_names(by.organisations)
    counts: dict[tuple[str, str], int] = {
        (str(side), way): counted[f"{side}_{way}"] for side in SIDES for way in Direction.values
    }
    return Register(
        wanted=wanted,
        place=places.get(wanted.place, ""),
        places=dict(sorted(places.items(), key=lambda one: one[1])),
        counts=counts,
        number=_number(wanted, counts, counted["all"]),
        withheld=total - counted["all"],
        entries=_entries(by, legs, start),
        start=start,
    )


def _of_month(wanted: Wanted) -> Q:
    since, until = wanted.month.bounds
    unseen = [*UNSENT, Status.ENTERED_IN_ERROR]
    return Q(submitted_at__gte=since, submitted_at__lt=until) & ~Q(status__in=unseen)


def _narrowed(wanted: Wanted, sent: Q, came: Q, rows: QuerySet[Referral]) -> QuerySet[Referral]:
    if wanted.side:
        rows = rows.filter(sent if wanted.side == Side.SENDER else came)
    return rows.filter(direction=wanted.direction) if wanted.direction else rows


def _number(wanted: Wanted, counts: Mapping[tuple[str, str], int], whole: int) -> int:
    """How many legs of the month are those asked for, from the counts that stand on the page."""
    if not wanted.side and not wanted.direction:
        return whole
    return sum(
        n for (side, way), n in counts.items() if wanted.side in ("", side) and wanted.direction in ("", way)
    )


def _entries(by: Actor, legs: Sequence[Referral], start: int) -> list[Entry]:
    rows = rows_of(by, legs)
    doctors = consortium.names(pk for leg in legs for pk in (leg.doctor_id, leg.receiving_doctor_id))
    return [
        Entry(row.referral.pk, _cells(row, doctors, number)) for number, row in enumerate(rows, start + 1)
    ]


def _cells(row: Row, doctors: Mapping[UUID, str], number: int) -> list[str]:
    leg, card = row.referral, row.card
    sender = doctors.get(leg.doctor_id, "") if leg.doctor_id else leg.outside_doctor
    return [
        str(number),
        _moment(leg.submitted_at),
        leg.number,
        card.name if card else "",
        f"{card.sex_text} {card.age_text}".strip() if card else "",
        card.id_masked if card else "",
        str(leg.get_direction_display()),
        row.source,
        f"{row.target} {row.department}".strip(),
        leg.diagnosis,
        leg.reason,
        sender,
        doctors.get(leg.receiving_doctor_id, "") if leg.receiving_doctor_id else "",
        _moment(leg.arrived_at),
        result_of(row),
    ]


def _moment(at: datetime | None) -> str:
    return f"{clock.local(at):%m-%d %H:%M}" if at else ""


def result_of(row: Row) -> str:
    """What came of a leg: its state, with the reason of a refusal, the day of its end, and whether it is a return."""
    leg = row.referral
    told: list[Text] = [Status(leg.status).label]
    if leg.reject_code:
        told.append(RejectCode(leg.reject_code).label)
    if leg.ended_at:
        told.append(f"{clock.local(leg.ended_at):%m-%d}")
    if row.bounced:
        told.append(_("back within 30 days"))
    return " ".join(str(word) for word in told)
