"""From a query to SQL over `emr_resource r`: which index drives, what is checked on the way.

PostgreSQL cannot know how rare a hash is, so the planner decides: a patient, an id or an identifier drives by its
b-tree and tokens are checked on the rows found; one code alone drives by (code, date); the GIN index serves only
when nothing else narrows. `IS TRUE` keeps a condition out of the GIN index.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from emr.repository.engine import dates
from emr.repository.engine.extract import LONGEST_PREFIX, local_reference, normal
from emr.repository.engine.params import CODE_PARAM
from emr.repository.engine.query import Filter, NotAsked, Query, prefixed
from emr.repository.engine.tokens import Hasher, plain

FIRST_YEAR: Final = 1880
_FIRST: Final = date(FIRST_YEAR, 1, 1)
_BEFORE: Final = _FIRST - timedelta(days=1)

# The records of a person at all hospitals, from the records asked for.
PERSON: Final = (
    "r.patient_id = ANY(ARRAY(SELECT q.id FROM emr_patient p JOIN emr_patient q ON q.person_id = p.person_id "
    "WHERE p.id = ANY(%s::uuid[])))"
)
OWN_ROWS: Final = "r.pid = ANY(ARRAY(SELECT i.pid FROM emr_ident i WHERE i.key = ANY(%s) AND i.kind = %s))"


@dataclass(slots=True)
class Plan:
    """Conditions joined by AND. `code` set: two ordered branches, by the code column and by several codes."""

    where: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)
    code: int | None = None
    code_token: int = 0

    def add(self, condition: str, *parameters: Any) -> None:
        self.where.append(condition)
        self.parameters.extend(parameters)


def plan(query: Query, hasher: Hasher, now: datetime) -> Plan:
    """The conditions of `query`. Raises NotAsked for values that cannot be understood."""
    made = Plan()
    driven = any(one.type in {"id", "patient", "identifier"} for one in query.filters)
    for one in query.filters:
        if _alone(query, one, driven):
            made.code = plain(one.values[0])
            made.code_token = hasher.token(token_text(one.name, one.values[0]))
        else:
            WRITERS[one.type](made, query, one, hasher, driven)
    return made


def _alone(query: Query, one: Filter, driven: bool) -> bool:
    """One code with its system, and nothing that drives better: the (code, date) index answers in order."""
    name = CODE_PARAM.get(query.kind, "code")
    sorted_so = query.sort == "date" and query.descending
    return (
        not driven and sorted_so and one.name == name and not one.modifier and len(one.values) == 1
        and 0 < one.values[0].find("|") < len(one.values[0]) - 1
    )  # fmt: skip


def _ids(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    made.add("r.id = ANY(%s)", list(one.values))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _patient(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    targets = [local_reference(value) or ("Patient", value) for value in one.values]
    patients = [found for kind, id_ in targets if kind == "Patient" and (found := _uuid(id_))]
    made.add(PERSON, patients)


def _identifier(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    keys = []
    for value in one.values:
        system, bar, code = value.rpartition("|")
        keys.append(hasher.identifier(f"={system}", code) if bar else hasher.identifier("~", value))
    made.add(OWN_ROWS, keys, query.kind)


def token_text(name: str, value: str) -> str:
    """The stored text a token value asks for: `s|c`, `|c`, `s|` or `c`."""
    system, bar, code = value.rpartition("|")
    if not bar:
        return f"{name}~{value}"
    return f"{name}={system}|{code}" if code else f"{name}:{system}"


def _hashed(made: Plan, column: str, hashes: list[int], driven: bool, negated: bool = False) -> None:
    condition = f"r.{column} && %s::bigint[]"
    if negated:
        made.add(f"NOT ({condition})", hashes)
    else:
        made.add(f"({condition}) IS TRUE" if driven else condition, hashes)


def _token(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    hashes = [hasher.token(token_text(one.name, value)) for value in one.values]
    _hashed(made, "tok", hashes, driven, one.modifier == "not")


def _string(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    mark = "!" if one.modifier == "exact" else "^"
    words = [normal(value)[: None if one.modifier else LONGEST_PREFIX] for value in one.values]
    _hashed(made, "tok", [hasher.token(f"{one.name}{mark}{word}") for word in words], driven)


def _reference(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    name, known = (one.param.name, one.param.targets) if one.param else (one.name, ())
    hashes = []
    for value in one.values:
        target = local_reference(value)
        kinds = (target[0],) if target else known
        id_ = target[1] if target else value
        hashes += [plain(f"{name}>{kind}/{id_}") for kind in kinds]
    _hashed(made, "ref", hashes, driven)


_COMPARE: Final[dict[str, str]] = {
    "eq": "({low} >= %(lo)s AND {high} <= %(hi)s)",
    "ne": "NOT coalesce({low} >= %(lo)s AND {high} <= %(hi)s, false)",
    "gt": "({high} > %(hi)s OR ({high} IS NULL AND {low} IS NOT NULL))",
    "lt": "({low} < %(lo)s OR ({low} IS NULL AND {high} IS NOT NULL))",
    "ge": "({high} >= %(lo)s OR ({high} IS NULL AND {low} IS NOT NULL))",
    "le": "({low} <= %(hi)s OR ({low} IS NULL AND {high} IS NOT NULL))",
    "sa": "{low} > %(hi)s",
    "eb": "{high} < %(lo)s",
    "ap": "({low} <= %(hi)s AND coalesce({high}, {low}) >= %(lo)s)",
}


def _date(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    low, high = ("r.updated", "r.updated") if one.name == "_lastUpdated" else ("r.date", "r.date_hi")
    conditions = []
    for value in one.values:
        prefix, text = prefixed(value)
        span = dates.span(text.replace(" ", "+"))
        if span is None:
            raise NotAsked("%(name)s: “%(value)s” is no date", name=one.name, value=value[:40])
        condition, values = _comparison(prefix, span, low, high)
        conditions.append(condition)
        made.parameters.extend(values)
    made.where.append("(" + " OR ".join(conditions) + ")")


def _comparison(prefix: str, span: dates.Span, low: str, high: str) -> tuple[str, list[datetime]]:
    """The condition with its parameters in the order they stand."""
    lo, hi = span
    if prefix == "ap":
        slack = max((hi - lo) / 10, timedelta(days=1))
        with suppress(OverflowError):  # the ends of the calendar stay where they are
            lo, hi = lo - slack, hi + slack
    condition = _COMPARE[prefix].format(low=low, high=high)
    order = sorted(("lo", "hi"), key=lambda name: condition.find(f"%({name})s"))
    values = {"lo": lo, "hi": hi}
    asked = [values[name] for name in order if f"%({name})s" in condition]
    return condition.replace("%(lo)s", "%s").replace("%(hi)s", "%s"), asked


def _birthdate(made: Plan, query: Query, one: Filter, hasher: Hasher, driven: bool) -> None:
    hashes: list[int] = []
    for value in one.values:
        prefix, text = prefixed(value)
        if dates.span(text) is None or len(text) > 10:
            raise NotAsked("%(name)s: “%(value)s” is no date", name="birthdate", value=value[:40])
        hashes += [hasher.token(f"birthdate:{part}") for part in birth_parts(prefix, text)]
    _hashed(made, "tok", hashes, driven)


def birth_parts(prefix: str, text: str, today: date | None = None) -> list[str]:
    """The years, months and days that cover a range of birth dates: sealed dates are found without their order."""
    if prefix in {"eq", "ap"}:
        return [text]
    span = dates.span(text)
    if span is None:
        raise NotAsked("%(name)s: “%(value)s” is no date", name="birthdate", value=text[:40])
    end = (today or datetime.now(UTC).date()) + timedelta(days=1)
    # Nobody is born outside these two days: what is asked beyond them counts as just beyond them.
    first, last = (
        min(max(moment.astimezone(dates.COUNTY).date(), _BEFORE), end + timedelta(days=1)) for moment in span
    )
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    ranges = {
        "ge": (first, end), "gt": (after, end), "sa": (after, end),
        "le": (_FIRST, last), "lt": (_FIRST, before), "eb": (_FIRST, before),
    }  # fmt: skip
    if prefix not in ranges:
        raise NotAsked("birthdate does not know the prefix %(prefix)s", prefix=prefix)
    return _cover(*ranges[prefix])


def _cover(first: date, last: date) -> list[str]:
    parts: list[str] = []
    day = first
    while day <= last:
        year_end, next_month = (
            date(day.year, 12, 31),
            (day.replace(day=28) + timedelta(days=4)).replace(day=1),
        )
        if (day.month, day.day) == (1, 1) and year_end <= last:
            parts.append(f"{day.year:04d}")
            day = year_end + timedelta(days=1)
        elif day.day == 1 and next_month - timedelta(days=1) <= last:
            parts.append(f"{day.year:04d}-{day.month:02d}")
            day = next_month
        else:
            parts.append(day.isoformat())
            day += timedelta(days=1)
    return parts


Writer = Callable[[Plan, Query, Filter, Hasher, bool], None]

WRITERS: Final[dict[str, Writer]] = {
    "id": _ids,
    "patient": _patient,
    "identifier": _identifier,
    "token": _token,
    "string": _string,
    "reference": _reference,
    "date": _date,
    "birthdate": _birthdate,
}
