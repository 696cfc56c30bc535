"""Strict JSON in, the same numbers out: `1.50` stays `1.50`.

Decimals and very long integers are kept as `orjson.Fragment`, the characters the client wrote; everything else
becomes plain Python. Repeated names, NaN, lone surrogates and forbidden control characters are refused.
"""

import decimal
import json
import re
from typing import Any, NoReturn

import orjson

from kernel.said import Said

Decimal = orjson.Fragment
"""A number kept as it was written."""

DEEPEST = 40
_FORBIDDEN = re.compile(rb"\\u00(?:0[0-8bcef]|1[0-9a-fA-F])|\\[bf]", re.IGNORECASE)


class NotJson(Said):
    """The body is not one JSON document this server accepts; the text says where and why."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson("the name “%(name)s” stands twice in one object", name=twice[:60])
    return members


def _integer(digits: str) -> int | orjson.Fragment:
    return int(digits) if len(digits) < 16 else orjson.Fragment(digits)


def _constant(name: str) -> NoReturn:
    raise NotJson("%(word)s is not JSON", word=name)


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=orjson.Fragment, parse_int=_integer, parse_constant=_constant
)


def loads(body: bytes) -> Any:
    """The document in `body` (UTF-8, a byte order mark is allowed). Raises NotJson."""
    if _FORBIDDEN.search(body):
        raise NotJson("a string holds a control character")
    try:
        return _decoder.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotJson("the text is not UTF-8, from byte %(place)d on", place=error.start) from error
    except json.JSONDecodeError as error:
        raise NotJson(
            "this is not JSON at line %(line)d, column %(column)d", line=error.lineno, column=error.colno
        ) from error
    except RecursionError as error:
        raise NotJson("this is nested too deeply") from error


def _written(value: Any) -> orjson.Fragment:
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return orjson.Fragment(f"{value:f}")
    raise TypeError(f"{type(value).__name__} is not JSON")


def dumps(document: Any) -> bytes:
    """The bytes to store and serve. Raises NotJson for text that is not Unicode."""
    try:
        return orjson.dumps(document, default=_written)
    except (TypeError, ValueError, RecursionError) as error:
        raise NotJson("this cannot be written as JSON: %(why)s", why=error) from error


def plain(content: bytes) -> Any:
    """Stored bytes as plain Python with ordinary numbers, for rooms that compute with them."""
    return orjson.loads(content)


def number(value: Any) -> str:
    """The characters of a number as it was written."""
    return orjson.dumps(value).decode()
