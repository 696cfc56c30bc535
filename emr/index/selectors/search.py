"""Find a patient by what was typed: my own patients by name, anybody in the county by an exact value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.urls import reverse

from emr.access import selectors as access
from emr.index import vault
from emr.index.choices import IdKind, Sex
from emr.index.engine import identity, names, places
from emr.index.engine.query import Query, Shape
from emr.index.engine.query import read as read_query
from emr.index.models import Patient, Person
from emr.index.policies import PATIENT
from emr.index.selectors.cards import SEX_TEXT, age_text
from kernel import clock
from kernel.actor import Actor
from kernel.database import prepared
from kernel.errors import Text

SHOWN: Final = 8
FIRST: Final = 24
"""Asked for at first: nearly every candidate fits, so this fills a page however many there are."""
CANDIDATES: Final = 120
"""More names than this in one hospital: the searcher must type more."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One patient found. `name` and `id_masked` are full only where the record is open to the searcher."""

    id: UUID
    name: str
    sex_text: Text
    age_text: str
    village: str
    id_masked: str
    organisation_id: UUID
    organisation_name: str
    last_seen_at: datetime
    open: bool
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """`shape` of what was typed (choices of `Shape`), hits in order, whether there are more, and whether the whole
    county was asked."""

    shape: str
    text: str
    hits: tuple[Hit, ...] = ()
    more: bool = False
    county: bool = False

    @property
    def only(self) -> Hit | None:
        """The one open record of an exact value: a card reader's Enter goes straight to it."""
        exact = self.shape in (Shape.ID_NUMBER, Shape.PHONE)
        mine = [hit for hit in self.hits if hit.open]
        return mine[0] if exact and len(mine) == 1 else None


class _Line(NamedTuple):
    id: UUID
    organisation_id: UUID
    organisation_name: str
    last_seen_at: datetime
    person_id: UUID
    name_sealed: bytes
    sex: str
    birth_date: Any
    id_sealed: bytes | None
    address_sealed: bytes | None
    other_sealed: bytes | None
    open: bool


_HELD = "id, person_id, organisation_id, last_seen_at, last_seen_by_id, other_name_sealed"
# Mine of today first, then what was seen last. Only the lines of the page are joined and asked whether they are open.
_LINES = """
    SELECT p.id, p.organisation_id, o.short_name, p.last_seen_at, n.id, n.name_sealed, n.sex, n.birth_date,
           n.id_sealed, n.address_sealed, p.other_name_sealed, {opened}
    FROM (
        SELECT c.*, (c.last_seen_by_id IS NOT DISTINCT FROM %s AND c.last_seen_at >= %s) AS mine,
               c.organisation_id = ANY(%s) AS own
        FROM {source} c ORDER BY mine DESC, own DESC, c.last_seen_at DESC, c.id DESC LIMIT %s) p
    JOIN emr_person n ON n.id = p.person_id JOIN consortium_organisation o ON o.id = p.organisation_id
    ORDER BY p.mine DESC, p.own DESC, p.last_seen_at DESC, p.id DESC
"""


def find(*, by: Actor, text: str) -> Found:
    """Patients that fit `text`. The caller has counted and recorded the search (`services.search`).

    Own institutions: by any piece of the name, pinyin, initials, patient number. Whole county: only by exact
    identity number, exact telephone, or whole name with birth year. One statement, a second one where too few of the
    first lines fit. Raises Refused (403).
    """
    PATIENT.ask(by, "find")
    query = read_query(text)
    if query.shape in (Shape.NOTHING, Shape.SHORT):
        return Found(query.shape, query.text)
    source, parameters, county = _source(by, query)
    # In the own institutions all records are open or none is, so a page's lines can be read without the rest.
    told: list[_Line] = []
    for most in (CANDIDATES,) if county else (FIRST, CANDIDATES):
        lines = _lines(by, source, parameters, most)
        told = list(islice(_told(lines, query), SHOWN + 1))
        if len(told) > SHOWN or len(lines) < most:
            break
    return Found(query.shape, query.text, tuple(map(_hit, told[:SHOWN])), len(told) > SHOWN, county)


def reaches_county(text: str) -> bool:
    """Whether this search asks beyond the searcher's own institutions."""
    query = read_query(text)
    return query.shape in (Shape.ID_NUMBER, Shape.PHONE) or (
        query.shape == Shape.NAME and query.year is not None
    )


def _source(by: Actor, query: Query) -> tuple[str, list[Any], bool]:
    """The candidates as a sub-select over emr_patient, its parameters, and whether it asks the whole county."""
    columns = ", ".join(f"c.{column}" for column in _HELD.split(", "))
    by_person = (
        f"(SELECT {columns} FROM emr_patient c JOIN emr_person q ON q.id = c.person_id WHERE {{}} LIMIT %s)"
    )
    if query.shape == Shape.ID_NUMBER:
        keys = [vault.id_key(kind, _full(query.text, kind)) for kind in IdKind.values if kind != IdKind.NONE]
        return by_person.format("q.id_key = ANY(%s)"), [keys, CANDIDATES], True
    if query.shape == Shape.PHONE:
        return by_person.format("q.phone_key = %s"), [vault.phone_key(query.text), CANDIDATES], True
    if query.shape == Shape.NAME and query.year:
        span = "q.name_key = %s AND q.birth_date BETWEEN make_date(%s, 1, 1) AND make_date(%s, 12, 31)"
        key = vault.name_key(query.text)
        return by_person.format(span), [key, query.year, query.year, CANDIDATES], True
    mine = own_places(by)
    if query.shape == Shape.NUMBER:
        numbers = [query.text, query.text.zfill(8)]
        test = "organisation_id = ANY(%s) AND local_number = ANY(%s)"
        rows = f"(SELECT {_HELD} FROM emr_patient WHERE {test} LIMIT %s)"
        return rows, [mine, numbers, CANDIDATES], False
    return *_by_name(by, mine, query), False


def _by_name(by: Actor, mine: list[UUID], query: Query) -> tuple[str, list[Any]]:
    """Whole names and whom I saw today first, so that a common part never hides them; then parts."""
    pieces, together = names.wanted(query.text)
    whole = [vault.token(place, f"={names.normal(query.text)}") for place in mine]
    parts: list[Any]
    if together:
        test = " OR ".join(["tokens @> %s"] * len(mine)) or "FALSE"
        parts = [[vault.token(place, piece) for piece in pieces] for place in mine]
    else:
        test = "tokens && %s"
        parts = [[vault.token(place, piece) for place in mine for piece in pieces]]
    today = clock.day_bounds(clock.today())[0]
    rows = f"""((SELECT {_HELD} FROM emr_patient WHERE tokens && %s LIMIT %s)
                UNION (SELECT {_HELD} FROM emr_patient
                       WHERE last_seen_by_id = %s AND last_seen_at >= %s AND ({test}) LIMIT %s)
                UNION (SELECT {_HELD} FROM emr_patient WHERE {test} LIMIT %s))"""
    return rows, [whole, CANDIDATES, by.id, today, *parts, CANDIDATES, *parts, CANDIDATES]


def own_places(by: Actor) -> list[UUID]:
    """The institutions whose patients this actor finds by name; the acting one first."""
    others = sorted(by.organisations - {by.organisation})
    return [by.organisation, *others] if by.organisation in by.organisations and by.organisation else others


def _full(text: str, kind: str) -> str:
    """An old number of 15 digits as the 18 characters it is kept under."""
    if len(text) == 15 and text.isdigit() and kind == IdKind.RESIDENT:
        first17 = text[:6] + "19" + text[6:]
        return first17 + identity.check_digit(first17)
    return text


def _lines(by: Actor, source: str, parameters: list[Any], most: int) -> list[_Line]:
    opened, opened_parameters = access.patients_open_to(by, "p")
    today = clock.day_bounds(clock.today())[0]
    order = [by.id, today, own_places(by)]
    with prepared.cursor() as cursor:
        sql = _LINES.format(opened=opened, source=source)
        cursor.execute(sql, [*opened_parameters, *order, *parameters, most])
        return [_Line(*row) for row in cursor.fetchall()]


def _told(lines: list[_Line], query: Query) -> Iterator[_Line]:
    """The lines that fit, one after the other; of one person's records only those that are open, or else the first."""
    seen = {line.person_id for line in lines if line.open}
    for line in lines:
        if (line.open or line.person_id not in seen) and _fits(line, query):
            seen.add(line.person_id)
            yield line


def _fits(line: _Line, query: Query) -> bool:
    """Tokens are hashes of parts: the name itself decides, the official one or the one this hospital knows."""
    if query.year and (line.birth_date is None or line.birth_date.year != query.year):
        return False
    if query.shape != Shape.NAME:
        return True
    wanted = names.normal(query.text)
    person = Person(id=line.person_id, name_sealed=line.name_sealed)
    if wanted in names.normal(vault.name_of(person)):
        return True
    return wanted in names.normal(
        vault.other_name_of(Patient(id=line.id, other_name_sealed=line.other_sealed))
    )


def _hit(line: _Line) -> Hit:
    person = Person(
        id=line.person_id,
        name_sealed=line.name_sealed,
        id_sealed=line.id_sealed,
        address_sealed=line.address_sealed,
    )
    name, number = vault.name_of(person), vault.id_number_of(person)
    return Hit(
        id=line.id,
        name=name if line.open else names.masked(name),
        sex_text=SEX_TEXT[Sex(line.sex)],
        age_text=age_text(line.birth_date),
        village=places.village(vault.address_of(person)) if line.open else "",
        id_masked=identity.mask(number) if number else "",
        organisation_id=line.organisation_id,
        organisation_name=line.organisation_name,
        last_seen_at=line.last_seen_at,
        open=line.open,
        url=reverse("emr:chart", args=[line.id]),
    )
