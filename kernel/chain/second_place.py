"""The second place of the checkpoints (`AUDIT_SECOND_PLACE`): a folder of another machine, or a log collector.

A folder is given every line it lacks, so one that was away catches up. A collector is given each line as it is
made; whoever runs it compares.
"""

import logging
import os
from pathlib import Path
from typing import Final

import orjson
from django.conf import settings

from kernel import alarms, clock
from kernel.chain import syslog

log = logging.getLogger(__name__)

FILE: Final = "checkpoints.jsonl"
COLLECTOR: Final = "syslog://"


class Differs(Exception):
    """What the second place holds is not the beginning of what we hold."""


def name() -> str:
    """The place as the settings name it; "" where none is named."""
    return str(settings.AUDIT_SECOND_PLACE)


def keep(lines: list[bytes]) -> bool:
    """Hand the checkpoints over; whether it has them now. Failing raises the alarm `kernel.checkpoint_failed`."""
    if not name():
        return False
    try:
        _send(lines[-1]) if name().startswith(COLLECTOR) else _copy(lines)
    except (OSError, Differs) as error:
        log.exception("the second place of the audit checkpoints did not take them")
        detail = {"reason": type(error).__name__}
        alarms.alarm("kernel.checkpoint_failed", level=3, detail=detail)
        return False
    return True


def kept() -> list[bytes]:
    """The lines the second place holds; none where it is a collector, cannot be asked or is not named."""
    if not name() or name().startswith(COLLECTOR):
        return []
    try:
        return _file().read_bytes().splitlines() if _file().exists() else []
    except OSError:
        log.exception("the second place of the audit checkpoints cannot be read")
        return []


def _file() -> Path:
    return Path(name()) / FILE


def _copy(lines: list[bytes]) -> None:
    """Append what the folder lacks. The folder itself is never made: where it is not mounted nothing is kept."""
    with _file().open("ab+") as file:
        file.seek(0)
        there = file.read().splitlines()
        if there != lines[: len(there)]:
            raise Differs(str(_file()))
        file.write(b"".join(line + b"\n" for line in lines[len(there) :]))
        file.flush()
        os.fsync(file.fileno())


def _send(line: bytes) -> None:
    outer = orjson.loads(line)
    words = {"body": outer["body"], "signature": " ".join(outer["signature"])}
    syslog.send(
        name(), [syslog.line(at=clock.now(), outcome="success", event="audit.checkpoint", words=words)]
    )
