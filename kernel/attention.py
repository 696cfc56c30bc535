"""Who looks at what just now: a hint for colleagues at one list, kept in the cache for minutes; never a lock.

Where the cache does not answer nobody is held up: nothing is shown, with a warning in the log.
"""

import logging
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

LASTS: Final = 180
"""Seconds a look is remembered without being renewed."""


def look(*, person: UUID, name: str, thing: UUID | None) -> bool:
    """`person` looks at `thing` now (None: at nothing any more) and no longer at what she looked at before.

    Whether that is news.
    """
    mine = f"attention:of:{person}"
    try:
        before = cache.get(mine)
        if before and before != str(thing):
            cache.delete(f"attention:{before}")
        if thing is None:
            cache.delete(mine)
            return bool(before)
        cache.set(mine, str(thing), LASTS)
        cache.set(f"attention:{thing}", (str(person), name), LASTS)
    except (RedisError, OSError) as error:
        log.warning("looks are not remembered, the cache does not answer: %s", error)
        return False
    return bool(before != str(thing))


def others(*, person: UUID, things: Iterable[UUID]) -> dict[UUID, str]:
    """Names of those other than `person` who look at these things now."""
    wanted = {f"attention:{thing}": thing for thing in things}
    try:
        found = cache.get_many(wanted)
    except (RedisError, OSError) as error:
        log.warning("nobody is shown, the cache does not answer: %s", error)
        return {}
    return {wanted[key]: name for key, (who, name) in found.items() if who != str(person)}
