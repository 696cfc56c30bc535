"""Lines for a log collector: RFC 5424, sent over TCP with the length before each (RFC 6587)."""

import os
import re
import socket
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

FACILITY: Final = 13
"""Log audit."""
SEVERITY: Final = {"success": 6, "refused": 4, "failure": 3}
ENTERPRISE: Final = "lianyi@32473"
"""Private enterprise number of the examples (RFC 5612): the collector maps it."""
PATIENCE: Final = 5.0
_NAME = re.compile(r"[^\x21-\x7e]")


def line(
    *, at: datetime, outcome: str, event: str, words: Mapping[str, str], host: str = "", text: str = ""
) -> str:
    """One message: header, structured data, text after a byte order mark (as RFC 5424 asks of UTF-8)."""
    priority = FACILITY * 8 + SEVERITY.get(outcome, 5)
    name = _plain(host or socket.gethostname(), 255)
    data = "".join(f' {_plain(key, 32)}="{_escaped(value)}"' for key, value in words.items() if value)
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    message = f" \ufeff{text}" if text else ""
    return (
        f"<{priority}>1 {stamp} {name} lianyi {os.getpid()} {_plain(event, 32)} [{ENTERPRISE}{data}]{message}"
    )


def _plain(value: str, most: int) -> str:
    return _NAME.sub("-", value)[:most].replace("=", "-").replace('"', "-").replace("]", "-") or "-"


def _escaped(value: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", value.replace("\n", " "))


def send(address: str, lines: Iterable[str]) -> int:
    """Send to `syslog://host:port`; how many went. Raises OSError where the collector does not take them."""
    parts = urlsplit(address)
    sent = 0
    with socket.create_connection((parts.hostname or "", parts.port or 601), PATIENCE) as wire:
        for each in lines:
            data = each.encode()
            wire.sendall(b"%d %s" % (len(data), data))
            sent += 1
    return sent
