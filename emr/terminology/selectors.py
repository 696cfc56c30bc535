"""Search in code systems. Codes are public: no policy stands before them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length, Upper

from emr.terminology.choices import URI, System
from emr.terminology.models import Concept


@dataclass(frozen=True, slots=True)
class Coding:
    """One code with its Chinese name; `uri` is the FHIR address of its system."""

    system: str
    code: str
    display: str
    initials: str = ""

    @property
    def uri(self) -> str:
        return URI[System(self.system)]


def search(system: str, text: str, limit: int = 20) -> list[Coding]:
    """Concepts by code from the front, by any part of the Chinese name, or by pinyin initials.

    Exact hits first, then names that begin so, then shorter names.
    """
    plain = "".join(text.split())
    if not plain:
        return []
    upper, lower = plain.upper(), plain.lower()
    rows = Concept.objects.filter(system=system, active=True).annotate(upper_code=Upper("code"))
    fits = Q(upper_code__startswith=upper) | Q(display__contains=plain)
    if plain.isascii() and plain.isalpha():
        fits |= Q(initials__startswith=lower) | Q(initials__contains=lower)
    best = Case(
        When(upper_code=upper, then=Value(0)),
        When(display=plain, then=Value(0)),
        When(initials=lower, then=Value(1)),
        When(display__startswith=plain, then=Value(2)),
        When(initials__startswith=lower, then=Value(2)),
        When(upper_code__startswith=upper, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    ranked = rows.filter(fits).annotate(rank=best, size=Length("display"))
    ordered = ranked.order_by("rank", "size", "code", "pk")[:limit]
    return [Coding(row.system, row.code, row.display, row.initials) for row in ordered]


def display(system: str, code: str) -> str:
    """The Chinese name of a code, "" when the system does not hold it."""
    return displays(system, [code]).get(code, "")


def displays(system: str, codes: Iterable[str]) -> dict[str, str]:
    """Names by code, one statement; unknown codes are absent."""
    wanted = {code for code in codes if code}
    rows = Concept.objects.filter(system=system, code__in=wanted)
    return dict(rows.values_list("code", "display")) if wanted else {}
