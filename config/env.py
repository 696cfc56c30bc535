"""Strict readers of the environment: a value that cannot be understood stops the start."""

import os
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class Unreadable(Exception):
    """An environment variable holds something its reader does not take."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "") or default


def flag(name: str, default: bool) -> bool:
    """`1 true yes` or `0 false no`; empty or absent means the default."""
    value = os.environ.get(name, "").lower()
    if not value:
        return default
    if value not in TRUTH:
        raise Unreadable(f"{name}={value!r}: write 1 or 0")
    return TRUTH[value]


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if value and not value.isdigit():
        raise Unreadable(f"{name}={value!r}: write a whole number")
    return int(value) if value else default


def names(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def loopbacks(name: str) -> list[str]:
    """A list of addresses of this machine; a network, a name or another machine's address is refused."""
    found = names(name)
    for one in found:
        try:
            inside = ip_address(one).is_loopback
        except ValueError:
            inside = False
        if not inside:
            raise Unreadable(
                f"{name}={one!r}: list addresses of this machine alone (127.0.0.1, ::1); what runs on another one"
                " comes in through a proxy or a tunnel here"
            )
    return found


def database(url: str) -> dict[str, Any]:
    """Django's settings of `postgresql://user:password@host:port/name?sslmode=…`.

    A socket folder stands in the query (`?host=/run/postgresql`), as libpq has it; every further
    query parameter goes to libpq unchanged.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise Unreadable("a database address reads postgresql://user:password@host:port/name")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "")
    return {
        "ENGINE": "kernel.database.postgres",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host or parts.hostname or "",
        "PORT": options.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }
