"""Damage is looked for before somebody needs the file: a slow walk over every stored byte and every row under a MAC.

Each round takes the files that were looked at longest ago, as many as fit into its seconds; a damaged one alarms
exactly as it does when it is read.
"""

import logging
from contextlib import suppress
from time import monotonic
from typing import Final
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from kernel import guarded
from kernel.errors import DomainError
from kernel.files.reading import Damaged, open_verified
from kernel.models import StoredFile

log = logging.getLogger(__name__)

PLACE: Final = "kernel.scrub.place"
MONTH: Final = 30 * 86_400
AT_ONCE: Final = 200


def scrub(seconds: float = 20.0) -> tuple[int, int]:
    """Files looked at in this round, and how many of them are damaged. Goes on where the last round ended.

    Where the cache forgot the place it begins anew: nothing is left out, something is seen twice.
    """
    until, seen, damaged = monotonic() + seconds, 0, 0
    while monotonic() < until:
        rows = _next()
        if not rows:
            _remember(None)
            break
        for pk in rows:
            seen, damaged = seen + 1, damaged + _is_damaged(pk)
            _remember(pk)
            if monotonic() >= until:
                break
    rows_seen, wrong = guarded.walk()
    log.info("scrub: %s files, %s damaged; %s rows, %s damaged", seen, damaged, rows_seen, len(wrong))
    return seen, damaged + len(wrong)


def _is_damaged(pk: UUID) -> bool:
    try:
        open_verified(pk).close()
    except Damaged:
        return True
    except DomainError:
        # Taken away since the list was read.
        return False
    return False


def _next() -> list[UUID]:
    rows = StoredFile.objects.order_by("pk").values_list("pk", flat=True)
    with suppress(RedisError, OSError, ValueError):
        if place := cache.get(PLACE):
            rows = rows.filter(pk__gt=UUID(place))
    return list(rows[:AT_ONCE])


def _remember(pk: UUID | None) -> None:
    with suppress(RedisError, OSError):
        cache.set(PLACE, str(pk) if pk else "", MONTH)
