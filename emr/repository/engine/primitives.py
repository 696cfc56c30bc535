"""FHIR's primitive types: is this value one of them?"""

import decimal
import re
from collections.abc import Callable
from typing import Any, Final

from emr.repository.engine import dates
from emr.repository.engine.jsonio import Decimal

Check = Callable[[Any], bool]

_INT32: Final = 2**31


def _text(pattern: str) -> Check:
    match = re.compile(pattern).fullmatch

    def check(value: Any) -> bool:
        return isinstance(value, str) and match(value) is not None

    return check


def _number(low: int) -> Check:
    def check(value: Any) -> bool:
        return type(value) is int and low <= value < _INT32

    return check


def _decimal(value: Any) -> bool:
    return isinstance(value, int | float | Decimal | decimal.Decimal) and not isinstance(value, bool)


def _boolean(value: Any) -> bool:
    return value is True or value is False


def _string(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != "" and len(value) <= 1_048_576


def _calendar(pattern: str) -> Check:
    shaped = _text(pattern)

    def check(value: Any) -> bool:
        return shaped(value) and dates.in_record(value)

    return check


def _xhtml(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip().startswith("<div") and _ACTIVE.search(value) is None


_ACTIVE: Final = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|base|link|style)\b|\son\w+\s*=|javascript:", re.IGNORECASE
)
_DATE: Final = r"\d{4}(?:-\d\d(?:-\d\d)?)?"
_TIME: Final = r"T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_URI: Final = r"\S+"

CHECKS: Final[dict[str, Check]] = {
    "base64Binary": _text(r"[A-Za-z0-9+/\s]*={0,2}\s*"),
    "boolean": _boolean,
    "canonical": _text(_URI),
    "code": _text(r"[^\s]+(?:\s[^\s]+)*"),
    "date": _calendar(_DATE),
    "dateTime": _calendar(rf"{_DATE}|\d{{4}}-\d\d-\d\d{_TIME}"),
    "decimal": _decimal,
    "id": _text(r"[A-Za-z0-9\-.]{1,64}"),
    "instant": _calendar(rf"\d{{4}}-\d\d-\d\d{_TIME}"),
    "integer": _number(-_INT32),
    "markdown": _string,
    "oid": _text(r"urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+"),
    "positiveInt": _number(1),
    "string": _string,
    "time": _text(r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"),
    "unsignedInt": _number(0),
    "uri": _text(_URI),
    "url": _text(_URI),
    "uuid": _text(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "xhtml": _xhtml,
}
