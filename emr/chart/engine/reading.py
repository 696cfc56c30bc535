"""FHIR resources as a doctor reads them. Pure: dicts in, values out; foreign resources may lack anything."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from kernel import clock

Resource = Mapping[str, Any]


def words(concept: Any) -> str:
    """Text of a CodeableConcept, or its first display or code."""
    if not isinstance(concept, Mapping):
        return ""
    codings = concept.get("coding") or [{}]
    return str(concept.get("text") or codings[0].get("display") or codings[0].get("code") or "")


def code(concept: Any, system: str = "") -> str:
    """First code of a CodeableConcept, of `system` when given."""
    codings = concept.get("coding") or [] if isinstance(concept, Mapping) else []
    return next(
        (str(one.get("code", "")) for one in codings if not system or one.get("system") == system), ""
    )


def moment(text: Any) -> datetime | None:
    """A FHIR date or dateTime as an aware moment; years and months are their first day, days begin in UTC."""
    if not isinstance(text, str) or not text:
        return None
    padded = text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text
    try:
        found = datetime.fromisoformat(padded)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        # Stored before such days were refused: what the county's clock cannot tell is no moment for a page.
        clock.local(found)
    except (ValueError, OverflowError):
        return None
    return found


def key_of(reference: Any) -> str:
    """Logical id out of a Reference."""
    text = str(reference.get("reference") or "") if isinstance(reference, Mapping) else ""
    return text.rsplit("/", 1)[-1]


def display(reference: Any) -> str:
    return str(reference.get("display") or "") if isinstance(reference, Mapping) else ""


def first_seen(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The first value of each key: rows come newest first."""
    found: dict[str, Any] = {}
    for key, value in rows:
        found.setdefault(key, value)
    return found


def quantity(resource: Resource) -> float | None:
    """Number of a valueQuantity."""
    value = (resource.get("valueQuantity") or {}).get("value")
    return float(value) if isinstance(value, int | float) else None


class _Text(HTMLParser):
    """Lines of a narrative."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"p", "div", "br", "li", "tr"}:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data


def plain(narrative: str) -> list[str]:
    """A narrative's lines without markup: what another system sends is shown as text only."""
    parser = _Text()
    parser.feed(narrative)
    return [line.strip() for line in parser.lines if line.strip()]
