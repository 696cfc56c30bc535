"""How often something may happen: counters in the cache, per key and window of time."""

import hashlib
import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

from kernel.errors import TooMany

log = logging.getLogger(__name__)


def hit(key: str, limit: int, seconds: int) -> int:
    """Count one event of `key` and answer how many there were in the present window of `seconds`.

    Raises TooMany (429) above `limit`. `key` may name an address or an account: it is stored as a digest.
    Where the cache does not answer nobody is locked out: 0, with a warning in the log.
    """
    window = int(time.time()) // seconds
    name = "limit:" + hashlib.sha256(f"{key}:{seconds}:{window}".encode()).hexdigest()
    try:
        cache.add(name, 0, seconds + 1)
        count = cache.incr(name)
    except (RedisError, OSError, ValueError) as error:
        log.warning("limits are not counted, the cache does not answer: %s", error)
        return 0
    if count > limit:
        raise TooMany(
            detail={"limit": limit, "seconds": seconds, "retry_after": seconds - int(time.time()) % seconds}
        )
    return int(count)
