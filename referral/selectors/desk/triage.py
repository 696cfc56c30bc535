"""The triage board: heaps by urgency and time left. A tile's number and its list come from the same filter."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consortium.templatetags.spoken import local_time
from emr.index import selectors as index
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text
from kernel.work import Count as Tile
from referral.choices import TERMINAL, UNSENT, Lane, Priority, Status, look
from referral.models import Referral
from referral.policies import REFERRAL
from referral.selectors.desk.opinions import marked
from referral.selectors.lists.board import Row, is_mine, urgent_first

PAGE: Final = 25
LISTED: Final = (
    "number", "version", "patient", "direction", "status", "priority", "follow_up", "ready", "consent", "diagnosis",
    "due_at", "created_at", "source__short_name", "target__short_name", "department__name", "doctor__name",
)  # fmt: skip
"""What a line of the board shows of its leg; the chosen leg is fetched whole."""
OPEN: Final = tuple(status for status in Status if status not in (*TERMINAL, *UNSENT))


@dataclass(frozen=True, slots=True)
class Heap:
    """What the board is narrowed to. Departments and institutions by id, empty for all."""

    lane: Lane = Lane.TRIAGE
    department: UUID | None = None
    source: UUID | None = None

    def query(self, **changes: Any) -> str:
        """The heap as a query string."""
        said = {"lane": self.lane, "department": self.department, "source": self.source, **changes}
        return urlencode({name: str(value) for name, value in said.items() if value})


@dataclass(frozen=True, slots=True)
class Part:
    """A department or an institution in the present lane, and how many legs it has there."""

    id: UUID | None
    name: str
    number: int
    url: str
    current: bool

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Board:
    """One page of one lane, beside all lanes' numbers."""

    heap: Heap
    tiles: list[Tile]
    rows: list[Row]
    departments: list[Part]
    sources: list[Part]
    more: bool

    @property
    def number(self) -> int:
        return next(tile.number for tile in self.tiles if tile.key == self.heap.lane)


def unready() -> Q:
    """Emergencies on the way for whom nobody has said who waits where: the desk's answer is due within minutes."""
    return Q(status=Status.IN_TRANSIT, priority=Priority.EMERGENCY, ready="")


def lanes() -> Mapping[Lane, Q]:
    """The filter of each lane."""
    start, end = clock.day_bounds(clock.today())
    expected = Q(status=Status.SCHEDULED) & (
        Q(invitation__come_at__isnull=True) | Q(invitation__come_at__lt=end)
    )
    return {
        Lane.TRIAGE: Q(status=Status.SUBMITTED) | unready(),
        Lane.ASKED: Q(status=Status.INFO_REQUESTED),
        Lane.BED: Q(status=Status.ACCEPTED),
        Lane.WAITLIST: Q(status=Status.WAITLISTED),
        Lane.MOVING: Q(status=Status.IN_TRANSIT),
        Lane.TODAY: Q(arrived_at__gte=start) | Q(status=Status.IN_TRANSIT) | expected,
        Lane.NO_SHOW: Q(status=Status.NO_SHOW),
    }


def received(by: Actor) -> QuerySet[Referral]:
    """Running legs sent to the actor's institutions."""
    return REFERRAL.rows(by, "receive").filter(status__in=OPEN)


def triage(*, by: Actor, heap: Heap, start: int = 0, limit: int = PAGE) -> Board:
    """The board, in five statements however many legs there are."""
    which = lanes()
    groups = _groups(by, which)
    found = received(by).filter(which[heap.lane])
    if heap.department:
        found = found.filter(department=heap.department)
    if heap.source:
        found = found.filter(source=heap.source)
    legs = urgent_first(marked(found.select_related(*PLACES).only(*LISTED)))
    rows = rows_of(by, legs[start : start + limit + 1])
    return Board(
        heap=heap,
        tiles=_tiles(groups, heap),
        rows=rows[:limit],
        departments=_parts(groups, heap, "department", "department__name"),
        sources=_parts(groups, heap, "source", "source__short_name"),
        more=len(rows) > limit,
    )


PLACES: Final = ("source", "target", "department", "doctor")


def one(*, by: Actor, heap: Heap, referral_id: UUID) -> Row | None:
    """One leg of the present lane, whole; None when it lies there no more."""
    legs = received(by).filter(lanes()[heap.lane], pk=referral_id).select_related(*PLACES)
    return next(iter(rows_of(by, legs)), None)


def rows_of(by: Actor, legs: Iterable[Referral]) -> list[Row]:
    """Rows of legs that came with their places."""
    known = list(legs)
    cards = index.cards(by=by, patient_ids=[leg.patient_id for leg in known])
    return [
        Row(
            referral=leg,
            card=cards.get(leg.patient_id),
            look=look(leg.status, mine=mine),
            mine=mine,
            received=True,
            source=leg.source.short_name,
            target=leg.target.short_name,
            department=leg.department.name if leg.department else "",
        )
        for leg in known
        for mine in (is_mine(by, leg),)
    ]


_NUMBERS: Final = (
    *Lane.values,
    *(f"{lane}_late" for lane in Lane if lane != Lane.TODAY),
    "came",
    "not_ready",
)


def _groups(by: Actor, which: Mapping[Lane, Q]) -> list[dict[str, Any]]:
    """All lanes counted by department and institution, one statement: tiles and filters are sums of it."""
    now = clock.now()
    start, _end = clock.day_bounds(clock.today())
    numbers: dict[str, Any] = {lane.value: Count("pk", filter=part) for lane, part in which.items()}
    late = {
        f"{lane}_late": Count("pk", filter=part & Q(due_at__lt=now))
        for lane, part in which.items()
        if lane != Lane.TODAY
    }
    beside = {
        "next_eta": Min("eta_at", filter=which[Lane.MOVING] & Q(eta_at__gte=now)),
        "came": Count("pk", filter=Q(arrived_at__gte=start)),
        "not_ready": Count("pk", filter=unready()),
    }
    by_place = ("department", "department__name", "source", "source__short_name")
    return list(received(by).order_by().values(*by_place).annotate(**numbers, **late, **beside))


def _tiles(groups: list[dict[str, Any]], heap: Heap) -> list[Tile]:
    """The lanes as tiles, counted under the board's own filters."""
    inside = [
        part
        for part in groups
        if heap.department in (None, part["department"]) and heap.source in (None, part["source"])
    ]
    total = {name: sum(part[name] for part in inside) for name in _NUMBERS}
    next_eta = min((part["next_eta"] for part in inside if part["next_eta"]), default=None)
    words = _beside(total, next_eta)
    return [
        Tile(
            key=lane.value,
            label=lane.label,
            number=total[lane],
            url=f"?{heap.query(lane=lane)}",
            late=total[f"{lane}_late"] if lane != Lane.TODAY else 0,
            sub=words.get(lane, ""),
        )
        for lane in Lane
    ]


def _beside(total: Mapping[str, int], next_eta: datetime | None) -> dict[Lane, Text]:
    told: dict[Lane, Text] = {Lane.TODAY: _("%(n)d have come") % {"n": total["came"]}}
    if total["not_ready"]:
        told[Lane.TRIAGE] = _("%(n)d on the way, say who waits where") % {"n": total["not_ready"]}
    if next_eta:
        told[Lane.MOVING] = _("next at %(time)s") % {"time": local_time(next_eta)}
    return told


def _parts(groups: list[dict[str, Any]], heap: Heap, what: str, name: str) -> list[Part]:
    """The departments (or institutions) of the present lane, the fullest first; the other filter stays."""
    other = "source" if what == "department" else "department"
    kept, chosen = getattr(heap, other), getattr(heap, what)
    numbers: Counter[UUID | None] = Counter()
    names: dict[UUID | None, str] = {}
    nameless = str(_("no department yet"))
    for part in groups:
        if kept in (None, part[other]):
            numbers[part[what]] += part[heap.lane]
            names[part[what]] = part[name] or nameless
    return [
        Part(pk, names[pk], number, f"?{heap.query(**{what: pk})}", pk == chosen)
        for pk, number in sorted(numbers.items(), key=lambda item: (-item[1], names[item[0]]))
        if pk is not None and (number or pk == chosen)
    ]
