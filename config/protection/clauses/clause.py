"""One row of the table."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Clause:
    """One row. `gap` says what is thinner than the clause; `outside` marks what no application can do."""

    number: str
    text: Promise
    control: Promise
    code: tuple[str, ...]
    tests: tuple[str, ...] = ()
    gap: str | Promise = ""
    outside: bool = False
